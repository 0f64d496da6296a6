// Making a database's tables, once.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// Runs `script` on an empty database and marks it as of `version` (PRAGMA user_version); does nothing if it is so
// marked already. FailedPrecondition for a database of another version.
absl::Status EnsureSchema(Database& database, int64_t version, const std::string& script);

}  // namespace tamga::store
