// A State's issuing authority: what stays on-line of its certification authority. It certifies principals of its State
// and says which of their certificates are revoked; the root above it is off-line.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/crl.h"
#include "certs/crl_builder.h"
#include "certs/csr.h"
#include "certs/openssl_ptr.h"
#include "certs/principal.h"
#include "node/base/rng.h"

namespace tamga::certs {

// By how much sooner than now validity begins, for those whose clock is behind.
inline constexpr absl::Duration kBackdating = absl::Minutes(5);

struct KeyAndCertificate {
  std::string key_pem;    // PKCS#8, a secret
  std::string chain_pem;  // the leaf, then its issuer, without the root
};

// Movable. Thread-safe as const.
class IssuingAuthority {
 public:
  // Of the State ("KAZ"), from PEM. InvalidArgument if a part cannot be read, the root is none that may stand in the
  // State's trust bundle (see TrustStore::Build), or the parts do not belong together.
  static absl::StatusOr<IssuingAuthority> Load(absl::string_view state, absl::string_view root_pem,
                                               absl::string_view certificate_pem, absl::string_view key_pem);
  // Parts that belong together.
  IssuingAuthority(std::string state, Certificate root, Certificate certificate, EvpPkeyPtr key);

  // The chain, in PEM, of a certificate for the request's principal and key, valid from kBackdating before `now` until
  // `now` + `lifetime`. Whether the asker may have it is for the caller to know. Errors as of Issue.
  absl::StatusOr<std::string> IssueFor(const Csr& request, absl::Duration lifetime, absl::Time now, Rng& rng) const;

  // The same with a new key. A node's certificate also has the DNS name <agency>.<xxx>.tamga. InvalidArgument for a
  // principal that has no SPIFFE id or is of another State, or a lifetime that is not positive; FailedPrecondition if
  // the authority's own certificate ends earlier.
  absl::StatusOr<KeyAndCertificate> Issue(const Principal& principal, absl::Duration lifetime, absl::Time now,
                                          Rng& rng) const;

  // A revocation list, see BuildCrl.
  absl::StatusOr<Crl> IssueCrl(const CrlSpec& spec) const;

  const std::string& state() const { return state_; }
  const Certificate& certificate() const { return certificate_; }
  // The key in PEM, a secret.
  absl::StatusOr<std::string> KeyPem() const;
  std::string RootPem() const { return root_.Pem(); }

 private:
  absl::StatusOr<std::string> Certify(const Principal& principal, EVP_PKEY& key, absl::Duration lifetime,
                                      absl::Time now, Rng& rng) const;

  std::string state_;
  Certificate root_;
  Certificate certificate_;
  EvpPkeyPtr key_;
};

}  // namespace tamga::certs
