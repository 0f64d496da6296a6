#include "node/base/encoding.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "node/base/sha256.h"

namespace tamga {
namespace {

constexpr size_t kBlockBytes = SHA256_CBLOCK;

}  // namespace

std::string HexEncode(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

absl::StatusOr<std::string> HexDecode(absl::string_view hex) {
  const bool well_formed = hex.size() % 2 == 0 && hex.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
  if (!well_formed) return absl::InvalidArgumentError("not lower-case hex of even length");
  return absl::HexStringToBytes(hex);
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

absl::StatusOr<std::string> Base64Decode(absl::string_view text) {
  std::string bytes;
  // Abseil accepts several texts for the same bytes; one note must have one text, so encode again and compare.
  if (!absl::Base64Unescape(text, &bytes) || absl::Base64Escape(bytes) != text) {
    return absl::InvalidArgumentError("not canonical base64 (RFC 4648 section 4, with padding)");
  }
  return bytes;
}

std::string Sha256(absl::string_view data) {
  const Sha256Digest digest = Sha256Of({data});
  return std::string(digest.data(), digest.size());
}

// By its definition, since OpenSSL's HMAC looks both algorithms up on each call.
std::string HmacSha256(absl::string_view key, absl::string_view data) {
  std::string inner_pad(kBlockBytes, '\x36');
  std::string outer_pad(kBlockBytes, '\x5c');
  Sha256Digest short_key = {};
  if (key.size() > kBlockBytes) {
    short_key = Sha256Of({key});
    key = {short_key.data(), short_key.size()};
  }
  for (size_t i = 0; i < key.size(); ++i) {
    inner_pad[i] = static_cast<char>(inner_pad[i] ^ key[i]);
    outer_pad[i] = static_cast<char>(outer_pad[i] ^ key[i]);
  }
  const Sha256Digest inner = Sha256Of({inner_pad, data});
  const Sha256Digest mac = Sha256Of({outer_pad, {inner.data(), inner.size()}});
  OPENSSL_cleanse(inner_pad.data(), inner_pad.size());
  OPENSSL_cleanse(outer_pad.data(), outer_pad.size());
  return std::string(mac.data(), mac.size());
}

}  // namespace tamga
