#include "certs/possession.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/purposes.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "node/base/encoding.h"

namespace tamga::certs {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, OpenSslDeleter<EVP_MD_CTX_free>>;

// Ed25519 hashes by itself.
const EVP_MD* DigestOf(const EVP_PKEY& key) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string PossessionMessage(absl::string_view state, const Certificate& root) {
  return PreAuthEncode(kBundleType, absl::StrCat("tamga root v1\n", state, "\n", HexEncode(Sha256(root.Der())), "\n"));
}

absl::StatusOr<std::string> ProvePossession(absl::string_view state, const Certificate& root, EVP_PKEY& key) {
  if (EVP_PKEY_eq(X509_get0_pubkey(root.native()), &key) != 1) {
    DrainOpenSslErrors();
    return absl::InvalidArgumentError("the key is not that of the certificate");
  }
  const std::string message = PossessionMessage(state, root);
  const DigestContext context(EVP_MD_CTX_new());
  size_t size = 0;
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, DigestOf(key), nullptr, &key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, Bytes(message), message.size()) != 1) {
    return OpenSslError("cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(message),
                     message.size()) != 1) {
    return OpenSslError("cannot sign");
  }
  signature.resize(size);
  return signature;
}

absl::Status CheckPossession(absl::string_view state, const Certificate& root, absl::string_view signature) {
  EVP_PKEY* key = X509_get0_pubkey(root.native());
  const std::string message = PossessionMessage(state, root);
  const DigestContext context(EVP_MD_CTX_new());
  const bool is_proven =
      key != nullptr && context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(*key), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
  DrainOpenSslErrors();
  if (is_proven) return absl::OkStatus();
  return Refused("ROOT_NOT_PROVEN",
                 absl::StrCat("the holder of the root's key has not signed that it is a root of ", state));
}

}  // namespace tamga::certs
