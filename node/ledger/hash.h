// SHA-256 hashes of the log's tree (RFC 9162 section 2.1.1).
#pragma once

#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::ledger {

inline constexpr size_t kHashBytes = 32;

class Hash {
 public:
  // All zero.
  Hash() = default;
  explicit Hash(const std::array<char, kHashBytes>& bytes) : bytes_(bytes) {}
  // InvalidArgument unless `bytes` are 32.
  static absl::StatusOr<Hash> FromBytes(absl::string_view bytes);

  absl::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }
  bool operator==(const Hash&) const = default;

 private:
  std::array<char, kHashBytes> bytes_ = {};
};

// SHA-256(0x00 || entry).
Hash LeafHash(absl::string_view entry);
// SHA-256(0x01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);
// SHA-256 of nothing: the root of a tree without entries.
Hash EmptyRoot();

}  // namespace tamga::ledger
