#include "certs/seal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

absl::StatusOr<v1::Signature> SignatureOf(const Signer& signer, absl::string_view type, absl::string_view header) {
  v1::Signature signature;
  ASSIGN_OR_RETURN(*signature.mutable_value(), signer.Sign(type, header));
  signature.set_key_id(signer.key_id());
  signature.set_algorithm(std::string(signer.algorithm()));
  return signature;
}

}  // namespace

std::string PreAuthEncode(absl::string_view type, absl::string_view body) {
  return absl::StrCat("DSSEv1 ", type.size(), " ", type, " ", body.size(), " ", body);
}

Seal::Seal(std::unique_ptr<Signer> signer, CertificateChain chain)
    : signer_(std::move(signer)), chain_(std::move(chain)) {}

absl::StatusOr<Seal> Seal::Create(std::unique_ptr<Signer> signer, CertificateChain chain) {
  if (chain.empty() || chain.front().SpkiSha256() != signer->key_id()) {
    return absl::InvalidArgumentError("the seal's first certificate is not for the seal's key");
  }
  if (signer->algorithm() != kEcdsaP256Sha256) {
    return absl::InvalidArgumentError(absl::StrCat("a seal's first signature is ", kEcdsaP256Sha256));
  }
  return Seal(std::move(signer), std::move(chain));
}

absl::Status Seal::AlsoSignBy(std::shared_ptr<const Signer> signer) {
  const auto has_algorithm = [&](const auto& other) { return other->algorithm() == signer->algorithm(); };
  if (has_algorithm(signer_) || std::any_of(others_.begin(), others_.end(), has_algorithm)) {
    return absl::InvalidArgumentError(absl::StrCat("the seal has a ", signer->algorithm(), " signature already"));
  }
  if (others_.size() + 1 == kMostSignatures) {
    return absl::InvalidArgumentError(absl::StrCat("a seal has at most ", kMostSignatures, " signatures"));
  }
  others_.push_back(std::move(signer));
  return absl::OkStatus();
}

std::map<std::string, std::string> Seal::OtherKeyIds() const {
  std::map<std::string, std::string> ids;
  for (const auto& signer : others_) ids[std::string(signer->algorithm())] = signer->key_id();
  return ids;
}

absl::StatusOr<v1::Signature> Seal::Sign(absl::string_view type, absl::string_view header) const {
  ASSIGN_OR_RETURN(v1::Signature signature, SignatureOf(*signer_, type, header));
  for (const Certificate& certificate : chain_) signature.add_certificate_chain(certificate.Der());
  return signature;
}

absl::StatusOr<std::vector<v1::Signature>> Seal::SignAll(absl::string_view type, absl::string_view header) const {
  ASSIGN_OR_RETURN(v1::Signature first, Sign(type, header));
  std::vector<v1::Signature> signatures = {std::move(first)};
  for (const auto& signer : others_) {
    ASSIGN_OR_RETURN(v1::Signature other, SignatureOf(*signer, type, header));
    signatures.push_back(std::move(other));
  }
  return signatures;
}

}  // namespace tamga::certs
