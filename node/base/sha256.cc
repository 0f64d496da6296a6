// EVP, which OpenSSL 3 wants to be used instead, takes as long again to set up a hash as a node of a tree takes to
// hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "node/base/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "node/base/check.h"

namespace tamga {

Sha256Digest Sha256Of(std::initializer_list<absl::string_view> pieces) {
  SHA256_CTX context;
  Sha256Digest digest;
  TAMGA_CHECK(SHA256_Init(&context) == 1);
  for (const absl::string_view piece : pieces) {
    TAMGA_CHECK(SHA256_Update(&context, piece.data(), piece.size()) == 1);
  }
  TAMGA_CHECK(SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context) == 1);
  return digest;
}

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  TAMGA_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Sha256Hasher::~Sha256Hasher() { EVP_MD_CTX_free(context_); }

void Sha256Hasher::Update(absl::string_view piece) {
  TAMGA_CHECK(EVP_DigestUpdate(context_, piece.data(), piece.size()) == 1);
}

std::string Sha256Hasher::Finish() {
  std::string digest(32, '\0');
  TAMGA_CHECK(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return digest;
}

}  // namespace tamga
