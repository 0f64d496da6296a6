// For tests: certificates that StateAuthority would never issue, from an authority that one could.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"
#include "certs/seal.h"
#include "node/base/rng.h"

namespace tamga::certs {

// 2026-11-23 12:00 UTC, when the tests take place.
absl::Time TestNow();

// A good system's leaf unless changed; extensions in OpenSSL's configuration syntax, left out where empty.
struct LeafOptions {
  std::string names = "URI:spiffe://kaz.tamga/border-service/system/lane-7";
  std::string basic_constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  std::string key_purposes = "clientAuth";
  absl::Time not_before = TestNow() - absl::Hours(1);
  absl::Time not_after = TestNow() + absl::Hours(24);
  EVP_PKEY* key = nullptr;  // a new P-256 key if null
  std::string common_name = {};
};

// One State's authority with its keys in the open. Any failure ends the test program.
class TestAuthority {
 public:
  explicit TestAuthority(absl::string_view state, absl::Time created = TestNow() - absl::Hours(24 * 30));

  // The leaf, then the issuing authority.
  CertificateChain Issue(const LeafOptions& options) const;
  // A good chain from the authority itself.
  CertificateChain IssueGood(Role role, absl::string_view name = "main") const;
  // A seal of border-service, valid from 5 minutes before `now` for `lifetime`.
  Seal IssueSeal(absl::Time now = TestNow(), absl::Duration lifetime = absl::Hours(24)) const;

  const std::string& state() const { return authority_.state(); }
  std::string RootPem() const { return authority_.RootPem(); }
  Certificate Root() const;

 private:
  StateAuthority authority_;
  CertificateChain issuing_;
  EvpPkeyPtr issuing_key_;
};

// One authority a State for the whole test program, since making keys takes time.
const TestAuthority& Kaz();
const TestAuthority& Kgz();

// A self-signed leaf.
CertificateChain SelfSigned(const LeafOptions& options);

}  // namespace tamga::certs
