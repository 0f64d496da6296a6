// A State's certification authority in software: a root, an issuing authority below it, and the certificates that
// Tamga's profile asks for. For demonstrations, pilots and tests; a State with an authority of its own has that issue
// to the same profile.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/issuing_authority.h"
#include "certs/openssl_ptr.h"
#include "certs/principal.h"
#include "node/base/rng.h"

namespace tamga::certs {

// How long a certificate of the role usually lasts: 7 days for nodes, which renew theirs by themselves; a year for
// seals, whose certificates travel in evidence; 90 days for everybody else.
absl::Duration DefaultLifetime(Role role);

// Movable. Thread-compatible.
class StateAuthority {
 public:
  // What must be kept, in PEM. The root's key is needed for nothing but RenewIssuing and belongs off-line.
  struct Files {
    std::string root_pem;
    std::string root_key_pem;
    std::string issuing_pem;
    std::string issuing_key_pem;
  };

  // A root of 10 years and an issuing authority of 2 years, which may name only <xxx>.tamga and no addresses, for "KAZ"
  // or such. Validity begins 5 minutes before `now`, here and in Issue, for those whose clock is behind.
  // InvalidArgument unless the state is three capitals.
  static absl::StatusOr<StateAuthority> Create(absl::string_view state, absl::Time now, Rng& rng);

  // What Save gave. InvalidArgument if a part cannot be read or the parts do not belong together.
  static absl::StatusOr<StateAuthority> Load(const Files& files);
  absl::StatusOr<Files> Save() const;

  // A new issuing key and certificate. The old one's certificates stay good.
  absl::Status RenewIssuing(absl::Time now, Rng& rng);

  // As IssuingAuthority::Issue. FailedPrecondition: see RenewIssuing.
  absl::StatusOr<KeyAndCertificate> Issue(const Principal& principal, absl::Duration lifetime, absl::Time now,
                                          Rng& rng) const {
    return issuing_.Issue(principal, lifetime, now, rng);
  }

  // The root's list, of issuing authorities that are revoked; see BuildCrl.
  absl::StatusOr<Crl> IssueRootCrl(const CrlSpec& spec) const { return BuildCrl(spec, root_, *root_key_); }

  // The part that may be on-line.
  const IssuingAuthority& issuing() const { return issuing_; }
  // "KAZ".
  const std::string& state() const { return issuing_.state(); }
  // What the others put into their trust bundle.
  std::string RootPem() const { return root_.Pem(); }

 private:
  StateAuthority(Certificate root, EvpPkeyPtr root_key, IssuingAuthority issuing);

  Certificate root_;
  EvpPkeyPtr root_key_;
  IssuingAuthority issuing_;
};

}  // namespace tamga::certs
