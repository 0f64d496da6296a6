#include "node/store/aes_gcm.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>

#include "node/base/check.h"

namespace tamga::store {
namespace {

struct ContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

const unsigned char* In(absl::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* Out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
int Length(absl::string_view bytes) {
  TAMGA_CHECK(bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(bytes.size());
}

}  // namespace

std::string AesGcmSeal(absl::string_view key, absl::string_view nonce, absl::string_view associated_data,
                       absl::string_view plaintext) {
  TAMGA_CHECK(key.size() == kAesKeyBytes && nonce.size() == kAesNonceBytes);
  const Context context(EVP_CIPHER_CTX_new());
  std::string sealed(plaintext.size() + kAesTagBytes, '\0');
  int count = 0;
  TAMGA_CHECK(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(nonce)) == 1);
  TAMGA_CHECK(EVP_EncryptUpdate(context.get(), nullptr, &count, In(associated_data), Length(associated_data)) == 1);
  TAMGA_CHECK(EVP_EncryptUpdate(context.get(), Out(sealed), &count, In(plaintext), Length(plaintext)) == 1);
  TAMGA_CHECK(EVP_EncryptFinal_ex(context.get(), Out(sealed) + plaintext.size(), &count) == 1);
  TAMGA_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kAesTagBytes),
                                  Out(sealed) + plaintext.size()) == 1);
  return sealed;
}

absl::StatusOr<std::string> AesGcmOpen(absl::string_view key, absl::string_view nonce,
                                       absl::string_view associated_data, absl::string_view sealed) {
  const bool sizes_fit = key.size() == kAesKeyBytes && nonce.size() == kAesNonceBytes && sealed.size() >= kAesTagBytes;
  if (!sizes_fit) return absl::DataLossError("sealed bytes are cut short");
  const absl::string_view ciphertext = sealed.substr(0, sealed.size() - kAesTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  const Context context(EVP_CIPHER_CTX_new());
  std::string plaintext(ciphertext.size(), '\0');
  int count = 0;
  TAMGA_CHECK(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(nonce)) == 1);
  TAMGA_CHECK(EVP_DecryptUpdate(context.get(), nullptr, &count, In(associated_data), Length(associated_data)) == 1);
  TAMGA_CHECK(EVP_DecryptUpdate(context.get(), Out(plaintext), &count, In(ciphertext), Length(ciphertext)) == 1);
  TAMGA_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kAesTagBytes), tag.data()) ==
              1);
  if (EVP_DecryptFinal_ex(context.get(), nullptr, &count) != 1) {
    return absl::DataLossError("sealed bytes do not authenticate");
  }
  return plaintext;
}

}  // namespace tamga::store
