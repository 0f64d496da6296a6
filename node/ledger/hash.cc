#include "node/ledger/hash.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/sha256.h"

namespace tamga::ledger {

absl::StatusOr<Hash> Hash::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kHashBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a hash has ", kHashBytes, " bytes, not ", bytes.size()));
  }
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.bytes_.begin());
  return hash;
}

Hash LeafHash(absl::string_view entry) { return Hash(Sha256Of({absl::string_view("\x00", 1), entry})); }

Hash NodeHash(const Hash& left, const Hash& right) { return Hash(Sha256Of({"\x01", left.bytes(), right.bytes()})); }

Hash EmptyRoot() { return Hash(Sha256Of({})); }

}  // namespace tamga::ledger
