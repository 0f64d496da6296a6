#include "node/store/join_hashes.h"

#include "absl/strings/str_cat.h"
#include "node/base/sha256.h"
#include "node/base/status_macros.h"

namespace tamga::store {
namespace {

constexpr size_t kHashBytes = sizeof(Sha256Digest);

}  // namespace

absl::StatusOr<std::string> JoinHashes(Statement& query, uint64_t begin, uint64_t end,
                                       absl::FunctionRef<std::string(uint64_t)> name) {
  std::string hashes;
  for (uint64_t index = begin; index < end; ++index) {
    ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found || query.Int(0) != static_cast<int64_t>(index)) {
      return absl::DataLossError(absl::StrCat(name(index), " is missing from the log; restore the last backup"));
    }
    const absl::string_view hash = query.View(1);
    if (hash.size() != kHashBytes) {
      return absl::DataLossError(absl::StrCat(name(index), " has a hash of ", hash.size(), " bytes in the log, not of ",
                                              kHashBytes, "; restore the last backup"));
    }
    hashes.append(hash.data(), hash.size());
  }
  return hashes;
}

}  // namespace tamga::store
