// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::store {

inline constexpr size_t kAesKeyBytes = 32;
inline constexpr size_t kAesNonceBytes = 12;
inline constexpr size_t kAesTagBytes = 16;

// Ciphertext and then the tag. The key and nonce must have the sizes above, and no pair may be used twice.
std::string AesGcmSeal(absl::string_view key, absl::string_view nonce, absl::string_view associated_data,
                       absl::string_view plaintext);

// The plaintext; DataLoss unless key, nonce, associated data and `sealed` are those of one AesGcmSeal.
absl::StatusOr<std::string> AesGcmOpen(absl::string_view key, absl::string_view nonce,
                                       absl::string_view associated_data, absl::string_view sealed);

}  // namespace tamga::store
