// Hex and base64, each with exactly one accepted form, and SHA-256, HMAC-SHA-256 and keys derived with it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga {

// Lower case.
std::string HexEncode(absl::string_view bytes);
// Lower case, even length; InvalidArgument otherwise.
absl::StatusOr<std::string> HexDecode(absl::string_view hex);

// RFC 4648 section 4: standard alphabet with padding.
std::string Base64Encode(absl::string_view bytes);
// Refuses every text that Base64Encode would not have produced (missing padding, spaces, stray trailing bits).
absl::StatusOr<std::string> Base64Decode(absl::string_view text);

// 32 bytes.
std::string Sha256(absl::string_view data);
// 32 bytes (RFC 2104).
std::string HmacSha256(absl::string_view key, absl::string_view data);

}  // namespace tamga
