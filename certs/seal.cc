#include "certs/seal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::certs {

std::string PreAuthEncode(absl::string_view type, absl::string_view body) {
  return absl::StrCat("DSSEv1 ", type.size(), " ", type, " ", body.size(), " ", body);
}

Seal::Seal(std::unique_ptr<Signer> signer, CertificateChain chain)
    : signer_(std::move(signer)), chain_(std::move(chain)) {}

absl::StatusOr<Seal> Seal::Create(std::unique_ptr<Signer> signer, CertificateChain chain) {
  if (chain.empty() || chain.front().SpkiSha256() != signer->key_id()) {
    return absl::InvalidArgumentError("the seal's first certificate is not for the seal's key");
  }
  return Seal(std::move(signer), std::move(chain));
}

absl::StatusOr<v1::Signature> Seal::Sign(absl::string_view type, absl::string_view header) const {
  v1::Signature signature;
  ASSIGN_OR_RETURN(*signature.mutable_value(), signer_->Sign(type, header));
  signature.set_key_id(signer_->key_id());
  signature.set_algorithm(std::string(signer_->algorithm()));
  for (const Certificate& certificate : chain_) signature.add_certificate_chain(certificate.Der());
  return signature;
}

}  // namespace tamga::certs
