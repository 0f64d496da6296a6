#include "node/ledger/hash.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/encoding.h"

namespace tamga::ledger {
namespace {

Hash HashOf(absl::string_view data) {
  absl::StatusOr<Hash> hash = Hash::FromBytes(Sha256(data));
  TAMGA_CHECK(hash.ok());
  return *hash;
}

}  // namespace

absl::StatusOr<Hash> Hash::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kHashBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a hash has ", kHashBytes, " bytes, not ", bytes.size()));
  }
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.bytes_.begin());
  return hash;
}

Hash LeafHash(absl::string_view entry) { return HashOf(absl::StrCat(absl::string_view("\x00", 1), entry)); }

Hash NodeHash(const Hash& left, const Hash& right) { return HashOf(absl::StrCat("\x01", left.bytes(), right.bytes())); }

Hash EmptyRoot() { return HashOf(""); }

}  // namespace tamga::ledger
