// Hashes of rows that are numbered without a gap.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// Runs a query for numbers and hashes, in order of number. Returns the hashes of `begin` to `end` - 1 one after the
// other; DataLoss if one is missing or has not 32 bytes, with the name that `name` gives it.
absl::StatusOr<std::string> JoinHashes(Statement& query, uint64_t begin, uint64_t end,
                                       absl::FunctionRef<std::string(uint64_t)> name);

}  // namespace tamga::store
