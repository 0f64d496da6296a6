#include "node/base/uuid.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/encoding.h"

namespace tamga {

std::string NewUuidV7(absl::Time now, Rng& rng) {
  std::string bytes = rng.Bytes(16);
  const int64_t millis = absl::ToUnixMillis(now);
  for (int i = 0; i < 6; ++i) bytes[static_cast<size_t>(i)] = static_cast<char>(millis >> (8 * (5 - i)));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return bytes;
}

std::string FormatUuid(absl::string_view bytes) {
  const std::string hex = HexEncode(bytes);
  if (bytes.size() != 16) return hex;
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-", h.substr(16, 4), "-",
                      h.substr(20));
}

absl::StatusOr<std::string> ParseUuidV7(absl::string_view text) {
  absl::StatusOr<std::string> bytes = HexDecode(absl::StrReplaceAll(text, {{"-", ""}}));
  if (!bytes.ok() || FormatUuid(*bytes) != text || !IsUuidV7(*bytes)) {
    return absl::InvalidArgumentError(
        "not a UUID of version 7; expected a form such as 018f3c2e-7b1a-7c3d-9e4f-0123456789ab in lower case");
  }
  return bytes;
}

absl::Time TimeOfUuidV7(absl::string_view bytes) {
  int64_t milliseconds = 0;
  for (const char byte : bytes.substr(0, 6)) milliseconds = milliseconds << 8 | static_cast<uint8_t>(byte);
  return absl::FromUnixMillis(milliseconds);
}

bool IsUuidV7(absl::string_view bytes) {
  return bytes.size() == 16 && (bytes[6] & 0xf0) == 0x70 && (bytes[8] & 0xc0) == 0x80;
}

}  // namespace tamga
