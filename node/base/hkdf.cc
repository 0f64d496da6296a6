#include "node/base/hkdf.h"

#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"

namespace tamga {

std::string HkdfExtract(absl::string_view salt, absl::string_view secret) { return HmacSha256(salt, secret); }

absl::StatusOr<std::string> HkdfExpand(absl::string_view pseudorandom_key, absl::string_view info, size_t size) {
  if (size > kMaxHkdfBytes) {
    return absl::InvalidArgumentError(absl::StrCat("HKDF gives at most ", kMaxHkdfBytes, " bytes"));
  }
  std::string output;
  output.reserve(size + 32);
  std::string block;
  for (int counter = 1; output.size() < size; ++counter) {
    std::string input = absl::StrCat(block, info, std::string(1, static_cast<char>(counter)));
    block = HmacSha256(pseudorandom_key, input);
    OPENSSL_cleanse(input.data(), input.size());
    output += block;
  }
  OPENSSL_cleanse(block.data(), block.size());
  output.resize(size);
  return output;
}

absl::StatusOr<std::string> Hkdf(absl::string_view salt, absl::string_view secret, absl::string_view info,
                                 size_t size) {
  std::string pseudorandom_key = HkdfExtract(salt, secret);
  absl::StatusOr<std::string> output = HkdfExpand(pseudorandom_key, info, size);
  OPENSSL_cleanse(pseudorandom_key.data(), pseudorandom_key.size());
  return output;
}

}  // namespace tamga
