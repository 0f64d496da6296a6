// HKDF (RFC 5869) with SHA-256: keys out of a secret.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga {

// The most that one pseudorandom key expands to: 255 blocks (section 2.3).
inline constexpr size_t kMaxHkdfBytes = 255 * 32;

// Section 2.2: a pseudorandom key of 32 bytes. An empty salt is the same as 32 zero bytes.
std::string HkdfExtract(absl::string_view salt, absl::string_view secret);

// Section 2.3: `size` bytes. InvalidArgument beyond kMaxHkdfBytes. Other `info`, other bytes, but the shorter of two
// outputs with the same `info` begins the longer.
absl::StatusOr<std::string> HkdfExpand(absl::string_view pseudorandom_key, absl::string_view info, size_t size);

// Both steps.
absl::StatusOr<std::string> Hkdf(absl::string_view salt, absl::string_view secret, absl::string_view info, size_t size);

}  // namespace tamga
