// EVP, which OpenSSL 3 wants to be used instead, takes as long again to set up a hash as a node of a tree takes to
// hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "node/base/sha256.h"

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

}  // namespace tamga
