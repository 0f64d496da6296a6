#include "certs/signer.h"

#include <utility>

#include "certs/csr.h"
#include "certs/openssl_error.h"
#include "certs/p256.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "node/base/encoding.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::certs {

absl::Status SignerUnavailable(absl::string_view detail) {
  Log(Severity::kWarning, "signer unavailable", {{"reason", kSignerUnavailable}, {"detail", detail}});
  return Error(
      absl::StatusCode::kUnavailable, kSignerUnavailable,
      "the key of the node's seal is out of reach at the moment; repeat the call later, and if it stays so have the "
      "node's operator see what tamga node status says of it");
}

absl::StatusOr<std::string> Signer::MakeCsr(const Principal& /*principal*/) const {
  return absl::UnimplementedError("this key gets no certificate here");
}

P256Signer::P256Signer(EvpPkeyPtr key) : key_(std::move(key)), key_id_(Sha256(SpkiOf(*key_))) {}

absl::StatusOr<std::unique_ptr<P256Signer>> P256Signer::FromPem(absl::string_view pem) {
  ASSIGN_OR_RETURN(EvpPkeyPtr key, ParsePrivateKeyPem(pem));
  return std::unique_ptr<P256Signer>(new P256Signer(std::move(key)));
}

absl::StatusOr<std::string> P256Signer::MakeCsr(const Principal& principal) const {
  return certs::MakeCsr(principal, *key_);
}

absl::StatusOr<std::string> P256Signer::Sign(absl::string_view type, absl::string_view payload) const {
  const std::string data = PreAuthEncode(type, payload);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1) {
    return OpenSslError("cannot begin to sign");
  }
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(data.data()), data.size()) != 1) {
    return OpenSslError("cannot sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace tamga::certs
