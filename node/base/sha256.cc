#include "node/base/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "node/base/check.h"

namespace tamga {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// To look the algorithm up and to make a context costs more than to hash a node of a tree.
EVP_MD* Algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

EVP_MD_CTX* ThreadsContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  return context.get();
}

}  // namespace

Sha256Digest Sha256Of(std::initializer_list<absl::string_view> pieces) {
  EVP_MD_CTX* const context = ThreadsContext();
  Sha256Digest digest;
  TAMGA_CHECK(EVP_DigestInit_ex(context, Algorithm(), nullptr) == 1);
  for (const absl::string_view piece : pieces) {
    TAMGA_CHECK(EVP_DigestUpdate(context, piece.data(), piece.size()) == 1);
  }
  TAMGA_CHECK(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return digest;
}

}  // namespace tamga
