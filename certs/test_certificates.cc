#include "certs/test_certificates.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/certificate_builder.h"
#include "certs/p256.h"
#include "node/base/check.h"

namespace tamga::certs {
namespace {

Rng& TestRng() {
  static SystemRng rng;
  return rng;
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  TAMGA_CHECK(value.ok());
  return *std::move(value);
}

CertificateSpec SpecOf(const LeafOptions& options) {
  CertificateSpec spec = {"KAZ/border-service", options.common_name, options.not_before, options.not_after, {}};
  const std::pair<int, std::string> extensions[] = {{NID_basic_constraints, options.basic_constraints},
                                                    {NID_key_usage, options.key_usage},
                                                    {NID_ext_key_usage, options.key_purposes},
                                                    {NID_subject_alt_name, options.names}};
  for (const auto& [nid, value] : extensions) {
    if (!value.empty()) spec.extensions.push_back({nid, value});
  }
  return spec;
}

}  // namespace

absl::Time TestNow() { return absl::FromCivil(absl::CivilHour(2026, 11, 23, 12), absl::UTCTimeZone()); }

TestAuthority::TestAuthority(absl::string_view state, absl::Time created)
    : authority_(Must(StateAuthority::Create(state, created, TestRng()))) {
  const StateAuthority::Files files = Must(authority_.Save());
  issuing_ = Must(ParsePemChain(files.issuing_pem));
  issuing_key_ = Must(ParsePrivateKeyPem(files.issuing_key_pem));
}

CertificateChain TestAuthority::Issue(const LeafOptions& options) const {
  const EvpPkeyPtr own_key = Must(GenerateP256Key());
  EVP_PKEY& key = options.key == nullptr ? *own_key : *options.key;
  return {Must(BuildCertificate(SpecOf(options), key, &issuing_.front(), *issuing_key_, TestRng())), issuing_.front()};
}

CertificateChain TestAuthority::IssueGood(Role role, absl::string_view name) const {
  const Principal principal = {absl::StrCat(state(), "/border-service"), role, std::string(name)};
  return Must(ParsePemChain(Must(authority_.Issue(principal, absl::Hours(24), TestNow(), TestRng())).chain_pem));
}

Seal TestAuthority::IssueSeal(absl::Time now, absl::Duration lifetime) const {
  const Principal principal = {absl::StrCat(state(), "/border-service"), Role::kSeal, "main"};
  const KeyAndCertificate issued = Must(authority_.Issue(principal, lifetime, now, TestRng()));
  return Must(Seal::Create(Must(P256Signer::FromPem(issued.key_pem)), Must(ParsePemChain(issued.chain_pem))));
}

Certificate TestAuthority::Root() const { return Must(ParsePemChain(RootPem())).front(); }

const TestAuthority& Kaz() {
  static const TestAuthority authority("KAZ");
  return authority;
}

const TestAuthority& Kgz() {
  static const TestAuthority authority("KGZ");
  return authority;
}

CertificateChain SelfSigned(const LeafOptions& options) {
  const EvpPkeyPtr key = Must(GenerateP256Key());
  return {Must(BuildCertificate(SpecOf(options), *key, nullptr, *key, TestRng()))};
}

}  // namespace tamga::certs
