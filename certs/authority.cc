#include "certs/authority.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/certificate_builder.h"
#include "certs/openssl_error.h"
#include "certs/p256.h"
#include "certs/profile.h"
#include "certs/trust_domain.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr absl::Duration kRootLifetime = absl::Hours(24 * 3653);
constexpr absl::Duration kIssuingLifetime = absl::Hours(24 * 730);
constexpr absl::Duration kBackdating = absl::Minutes(5);
constexpr char kAnyIpv6[] = "0:0:0:0:0:0:0:0";

absl::StatusOr<Certificate> MakeRoot(const std::string& state, EVP_PKEY& key, absl::Time now, Rng& rng) {
  const std::string domain = TrustDomainOf(state);
  const CertificateSpec spec = {
      state,
      "Tamga root",
      now - kBackdating,
      now + kRootLifetime,
      {{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"},
       {NID_key_usage, "critical,keyCertSign,cRLSign"},
       {NID_name_constraints,
        absl::StrCat("critical,permitted;URI:", domain, ",permitted;DNS:", domain, ",permitted;email:", domain,
                     ",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:", kAnyIpv6, "/", kAnyIpv6)}}};
  return BuildCertificate(spec, key, nullptr, key, rng);
}

absl::StatusOr<Certificate> MakeIssuing(const std::string& state, EVP_PKEY& key, const Certificate& root,
                                        EVP_PKEY& root_key, absl::Time now, Rng& rng) {
  const CertificateSpec spec = {
      state,
      "Tamga issuing authority",
      now - kBackdating,
      std::min(now + kIssuingLifetime, root.NotAfter()),
      {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}}};
  return BuildCertificate(spec, key, &root, root_key, rng);
}

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

absl::StatusOr<Certificate> ParseOne(absl::string_view pem) {
  ASSIGN_OR_RETURN(CertificateChain chain, ParsePemChain(pem));
  if (chain.size() != 1) return absl::InvalidArgumentError("there must be exactly one certificate");
  return std::move(chain.front());
}

std::string OrganizationOf(const Certificate& certificate) {
  char text[65] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.native()), NID_organizationName, text, sizeof(text));
  return text;
}

absl::Status BadFile(absl::string_view file, const absl::Status& cause) {
  return absl::InvalidArgumentError(absl::StrCat("the authority's ", file, ": ", cause.message()));
}

}  // namespace

absl::Duration DefaultLifetime(Role role) { return absl::Hours(24 * (role == Role::kSeal ? 365 : 90)); }

StateAuthority::StateAuthority(std::string state, Certificate root, EvpPkeyPtr root_key, Certificate issuing,
                               EvpPkeyPtr issuing_key)
    : state_(std::move(state)),
      root_(std::move(root)),
      root_key_(std::move(root_key)),
      issuing_(std::move(issuing)),
      issuing_key_(std::move(issuing_key)) {}

absl::StatusOr<StateAuthority> StateAuthority::Create(absl::string_view state, absl::Time now, Rng& rng) {
  if (!IsStateCode(state)) return absl::InvalidArgumentError("the state must be its ISO 3166 alpha-3 code in capitals");
  std::string name(state);
  ASSIGN_OR_RETURN(EvpPkeyPtr root_key, GenerateP256Key());
  ASSIGN_OR_RETURN(Certificate root, MakeRoot(name, *root_key, now, rng));
  ASSIGN_OR_RETURN(EvpPkeyPtr issuing_key, GenerateP256Key());
  ASSIGN_OR_RETURN(Certificate issuing, MakeIssuing(name, *issuing_key, root, *root_key, now, rng));
  return StateAuthority(std::move(name), std::move(root), std::move(root_key), std::move(issuing),
                        std::move(issuing_key));
}

absl::StatusOr<StateAuthority> StateAuthority::Load(const Files& files) {
  absl::StatusOr<Certificate> root = ParseOne(files.root_pem);
  if (!root.ok()) return BadFile("root certificate", root.status());
  absl::StatusOr<EvpPkeyPtr> root_key = ParsePrivateKeyPem(files.root_key_pem);
  if (!root_key.ok()) return BadFile("root key", root_key.status());
  absl::StatusOr<Certificate> issuing = ParseOne(files.issuing_pem);
  if (!issuing.ok()) return BadFile("issuing certificate", issuing.status());
  absl::StatusOr<EvpPkeyPtr> issuing_key = ParsePrivateKeyPem(files.issuing_key_pem);
  if (!issuing_key.ok()) return BadFile("issuing key", issuing_key.status());

  std::string state = OrganizationOf(*root);
  const bool fits = IsStateCode(state) && root->Spki() == SpkiOf(**root_key) &&
                    issuing->Spki() == SpkiOf(**issuing_key) && X509_verify(issuing->native(), root_key->get()) == 1;
  if (!fits) {
    DrainOpenSslErrors();
    return absl::InvalidArgumentError("the authority's files do not belong together");
  }
  return StateAuthority(std::move(state), *std::move(root), *std::move(root_key), *std::move(issuing),
                        *std::move(issuing_key));
}

absl::StatusOr<StateAuthority::Files> StateAuthority::Save() const {
  ASSIGN_OR_RETURN(std::string root_key_pem, WritePrivateKeyPem(*root_key_));
  ASSIGN_OR_RETURN(std::string issuing_key_pem, WritePrivateKeyPem(*issuing_key_));
  return Files{root_.Pem(), std::move(root_key_pem), issuing_.Pem(), std::move(issuing_key_pem)};
}

absl::Status StateAuthority::RenewIssuing(absl::Time now, Rng& rng) {
  ASSIGN_OR_RETURN(EvpPkeyPtr key, GenerateP256Key());
  ASSIGN_OR_RETURN(issuing_, MakeIssuing(state_, *key, root_, *root_key_, now, rng));
  issuing_key_ = std::move(key);
  return absl::OkStatus();
}

absl::StatusOr<KeyAndCertificate> StateAuthority::Issue(const Principal& principal, absl::Duration lifetime,
                                                        absl::Time now, Rng& rng) const {
  const absl::StatusOr<Principal> parsed = ParseSpiffeId(principal.SpiffeId());
  if (!parsed.ok() || *parsed != principal || principal.State() != state_) {
    return absl::InvalidArgumentError(
        absl::StrCat("the principal must be of an agency of ", state_,
                     ", with lower-case letters, digits and hyphens in the agency's and its own name, such as ", state_,
                     "/border-service and lane-7"));
  }
  if (lifetime <= absl::ZeroDuration()) return absl::InvalidArgumentError("the lifetime must be positive");
  if (now + lifetime > issuing_.NotAfter()) {
    return absl::FailedPreconditionError("the issuing certificate ends before that; renew it or ask for less");
  }
  ASSIGN_OR_RETURN(EvpPkeyPtr key, GenerateP256Key());
  ASSIGN_OR_RETURN(const Certificate leaf,
                   BuildCertificate(LeafSpec(principal, lifetime, now), *key, &issuing_, *issuing_key_, rng));
  ASSIGN_OR_RETURN(std::string key_pem, WritePrivateKeyPem(*key));
  return KeyAndCertificate{std::move(key_pem), absl::StrCat(leaf.Pem(), issuing_.Pem())};
}

}  // namespace tamga::certs
