#include "certs/authority.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/certificate_builder.h"
#include "certs/openssl_error.h"
#include "certs/p256.h"
#include "certs/trust_domain.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr absl::Duration kRootLifetime = absl::Hours(24 * 3653);
constexpr absl::Duration kIssuingLifetime = absl::Hours(24 * 730);
constexpr char kAnyIpv6[] = "0:0:0:0:0:0:0:0";

// Names of the State alone, and no addresses.
ExtensionText NameConstraintsOf(const std::string& state) {
  const std::string domain = TrustDomainOf(state);
  return {NID_name_constraints,
          absl::StrCat("critical,permitted;URI:", domain, ",permitted;DNS:", domain, ",permitted;email:", domain,
                       ",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:", kAnyIpv6, "/", kAnyIpv6)};
}

absl::StatusOr<Certificate> MakeRoot(const std::string& state, EVP_PKEY& key, absl::Time now, Rng& rng) {
  const CertificateSpec spec = {state,
                                "Tamga root",
                                now - kBackdating,
                                now + kRootLifetime,
                                {{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"},
                                 {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                 NameConstraintsOf(state)}};
  return BuildCertificate(spec, key, nullptr, key, rng);
}

absl::StatusOr<Certificate> MakeIssuing(const std::string& state, EVP_PKEY& key, const Certificate& root,
                                        EVP_PKEY& root_key, absl::Time now, Rng& rng) {
  const CertificateSpec spec = {state,
                                "Tamga issuing authority",
                                now - kBackdating,
                                std::min(now + kIssuingLifetime, root.NotAfter()),
                                {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                 {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                 NameConstraintsOf(state)}};
  return BuildCertificate(spec, key, &root, root_key, rng);
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

absl::Duration DefaultLifetime(Role role) {
  if (role == Role::kNode) return absl::Hours(24 * 7);
  return absl::Hours(24 * (role == Role::kSeal ? 365 : 90));
}

StateAuthority::StateAuthority(Certificate root, EvpPkeyPtr root_key, IssuingAuthority issuing)
    : root_(std::move(root)), root_key_(std::move(root_key)), issuing_(std::move(issuing)) {}

absl::StatusOr<StateAuthority> StateAuthority::Create(absl::string_view state, absl::Time now, Rng& rng) {
  if (!IsStateCode(state)) return absl::InvalidArgumentError("the state must be its ISO 3166 alpha-3 code in capitals");
  std::string name(state);
  ASSIGN_OR_RETURN(EvpPkeyPtr root_key, GenerateP256Key());
  ASSIGN_OR_RETURN(Certificate root, MakeRoot(name, *root_key, now, rng));
  ASSIGN_OR_RETURN(EvpPkeyPtr issuing_key, GenerateP256Key());
  ASSIGN_OR_RETURN(Certificate issuing, MakeIssuing(name, *issuing_key, root, *root_key, now, rng));
  IssuingAuthority below(std::move(name), root, std::move(issuing), std::move(issuing_key));
  return StateAuthority(std::move(root), std::move(root_key), std::move(below));
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
  IssuingAuthority below(std::move(state), *root, *std::move(issuing), *std::move(issuing_key));
  return StateAuthority(*std::move(root), *std::move(root_key), std::move(below));
}

absl::StatusOr<StateAuthority::Files> StateAuthority::Save() const {
  ASSIGN_OR_RETURN(std::string root_key_pem, WritePrivateKeyPem(*root_key_));
  ASSIGN_OR_RETURN(std::string issuing_key_pem, issuing_.KeyPem());
  return Files{root_.Pem(), std::move(root_key_pem), issuing_.certificate().Pem(), std::move(issuing_key_pem)};
}

absl::Status StateAuthority::RenewIssuing(absl::Time now, Rng& rng) {
  ASSIGN_OR_RETURN(EvpPkeyPtr key, GenerateP256Key());
  ASSIGN_OR_RETURN(Certificate certificate, MakeIssuing(state(), *key, root_, *root_key_, now, rng));
  issuing_ = IssuingAuthority(state(), root_, std::move(certificate), std::move(key));
  return absl::OkStatus();
}

}  // namespace tamga::certs
