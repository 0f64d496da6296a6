#include "node/base/encoding.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "node/base/check.h"
#include "node/base/sha256.h"

namespace tamga {

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

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  unsigned int size = 0;
  TAMGA_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(data.data()), data.size(),
                   reinterpret_cast<unsigned char*>(mac.data()), &size) != nullptr);
  return mac;
}

std::string DeriveKey(absl::string_view key, absl::string_view label) {
  // Extract, then the first block of expand.
  return HmacSha256(HmacSha256(std::string(SHA256_DIGEST_LENGTH, '\0'), key), std::string(label) + '\x01');
}

}  // namespace tamga
