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
#include "certs/openssl_ptr.h"
#include "certs/principal.h"
#include "node/base/rng.h"

namespace tamga::certs {

// How long a certificate of the role usually lasts: seals a year, everybody else 90 days.
absl::Duration DefaultLifetime(Role role);

struct KeyAndCertificate {
  std::string key_pem;    // PKCS#8, a secret
  std::string chain_pem;  // the leaf, then its issuer, without the root
};

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

  // A root of 10 years, which may name only <xxx>.tamga and no addresses, and an issuing authority of 2 years, for
  // "KAZ" or such. Validity begins 5 minutes before `now`, here and in Issue, for those whose clock is behind.
  // InvalidArgument unless the state is three capitals.
  static absl::StatusOr<StateAuthority> Create(absl::string_view state, absl::Time now, Rng& rng);

  // What Save gave. InvalidArgument if a part cannot be read or the parts do not belong together.
  static absl::StatusOr<StateAuthority> Load(const Files& files);
  absl::StatusOr<Files> Save() const;

  // A new issuing key and certificate. The old one's certificates stay good.
  absl::Status RenewIssuing(absl::Time now, Rng& rng);

  // A new key and its certificate, until `now` + `lifetime`. A node's also has the DNS name <agency>.<xxx>.tamga.
  // InvalidArgument for a principal that has no SPIFFE id or is of another State, or a lifetime that is not positive;
  // FailedPrecondition if the issuing certificate ends earlier (see RenewIssuing).
  absl::StatusOr<KeyAndCertificate> Issue(const Principal& principal, absl::Duration lifetime, absl::Time now,
                                          Rng& rng) const;

  // "KAZ".
  const std::string& state() const { return state_; }
  // What the others put into their trust bundle.
  std::string RootPem() const { return root_.Pem(); }

 private:
  StateAuthority(std::string state, Certificate root, EvpPkeyPtr root_key, Certificate issuing, EvpPkeyPtr issuing_key);

  std::string state_;
  Certificate root_;
  EvpPkeyPtr root_key_;
  Certificate issuing_;
  EvpPkeyPtr issuing_key_;
};

}  // namespace tamga::certs
