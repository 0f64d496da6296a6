#include "certs/issuing_authority.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/certificate_builder.h"
#include "certs/certificate_form.h"
#include "certs/extensions.h"
#include "certs/openssl_error.h"
#include "certs/p256.h"
#include "certs/profile.h"
#include "certs/trust_domain.h"
#include "certs/trust_store.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

CertificateSpec LeafSpec(const Principal& principal, absl::Duration lifetime, absl::Time now) {
  std::string names = absl::StrCat("URI:", principal.SpiffeId());
  if (principal.role == Role::kNode) {
    const absl::string_view local = absl::string_view(principal.agency).substr(principal.State().size() + 1);
    absl::StrAppend(&names, ",DNS:", local, ".", TrustDomainOf(principal.State()));
  }
  return {principal.agency,
          "",
          now - kBackdating,
          now + lifetime,
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, absl::StrCat("critical,", absl::StrJoin(KeyPurposesOf(principal.role), ","))},
           {NID_subject_alt_name, names}}};
}

absl::StatusOr<Certificate> OneCertificate(absl::string_view what, absl::string_view pem) {
  absl::StatusOr<CertificateChain> chain = ParsePemChain(pem);
  if (!chain.ok()) return absl::InvalidArgumentError(absl::StrCat(what, ": ", chain.status().message()));
  if (chain->size() != 1) return absl::InvalidArgumentError(absl::StrCat(what, ": there must be exactly one"));
  return std::move(chain->front());
}

}  // namespace

IssuingAuthority::IssuingAuthority(std::string state, Certificate root, Certificate certificate, EvpPkeyPtr key)
    : state_(std::move(state)), root_(std::move(root)), certificate_(std::move(certificate)), key_(std::move(key)) {}

absl::StatusOr<IssuingAuthority> IssuingAuthority::Load(absl::string_view state, absl::string_view root_pem,
                                                        absl::string_view certificate_pem, absl::string_view key_pem) {
  ASSIGN_OR_RETURN(Certificate root, OneCertificate("the root certificate", root_pem));
  RETURN_IF_ERROR(TrustStore::Build({{std::string(state), std::string(root_pem)}}).status());
  ASSIGN_OR_RETURN(Certificate certificate, OneCertificate("the issuing certificate", certificate_pem));
  absl::StatusOr<EvpPkeyPtr> key = ParsePrivateKeyPem(key_pem);
  if (!key.ok()) return absl::InvalidArgumentError(absl::StrCat("the issuing key: ", key.status().message()));
  constexpr uint32_t kNeeded = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
  const bool may_issue = IsAuthority(certificate) && (KeyUsageIn(certificate) & kNeeded) == kNeeded;
  const bool fits =
      certificate.Spki() == SpkiOf(**key) && X509_verify(certificate.native(), X509_get0_pubkey(root.native())) == 1;
  DrainOpenSslErrors();
  if (!fits) return absl::InvalidArgumentError("root, issuing certificate and issuing key do not belong together");
  if (!may_issue) {
    return absl::InvalidArgumentError(
        "the issuing certificate must be an authority's that may sign certificates and lists");
  }
  return IssuingAuthority(std::string(state), std::move(root), std::move(certificate), *std::move(key));
}

absl::StatusOr<std::string> IssuingAuthority::Certify(const Principal& principal, EVP_PKEY& key,
                                                      absl::Duration lifetime, absl::Time now, Rng& rng) const {
  const absl::StatusOr<Principal> parsed = ParseSpiffeId(principal.SpiffeId());
  if (!parsed.ok() || *parsed != principal || principal.State() != state_) {
    return absl::InvalidArgumentError(
        absl::StrCat("the principal must be of an agency of ", state_,
                     ", with lower-case letters, digits and hyphens in the agency's and its own name, such as ", state_,
                     "/border-service and lane-7"));
  }
  if (lifetime <= absl::ZeroDuration()) return absl::InvalidArgumentError("the lifetime must be positive");
  if (now + lifetime > certificate_.NotAfter()) {
    return absl::FailedPreconditionError("the issuing certificate ends before that; renew it or ask for less");
  }
  ASSIGN_OR_RETURN(const Certificate leaf,
                   BuildCertificate(LeafSpec(principal, lifetime, now), key, &certificate_, *key_, rng));
  return absl::StrCat(leaf.Pem(), certificate_.Pem());
}

absl::StatusOr<std::string> IssuingAuthority::IssueFor(const Csr& request, absl::Duration lifetime, absl::Time now,
                                                       Rng& rng) const {
  return Certify(request.principal(), request.key(), lifetime, now, rng);
}

absl::StatusOr<KeyAndCertificate> IssuingAuthority::Issue(const Principal& principal, absl::Duration lifetime,
                                                          absl::Time now, Rng& rng) const {
  ASSIGN_OR_RETURN(EvpPkeyPtr key, GenerateP256Key());
  ASSIGN_OR_RETURN(std::string chain_pem, Certify(principal, *key, lifetime, now, rng));
  ASSIGN_OR_RETURN(std::string key_pem, WritePrivateKeyPem(*key));
  return KeyAndCertificate{std::move(key_pem), std::move(chain_pem)};
}

absl::StatusOr<Crl> IssuingAuthority::IssueCrl(const CrlSpec& spec) const {
  return BuildCrl(spec, certificate_, *key_);
}

absl::StatusOr<std::string> IssuingAuthority::KeyPem() const { return WritePrivateKeyPem(*key_); }

}  // namespace tamga::certs
