// Which certificates are revoked: the newest list of each issuer. No network; whoever fetches lists hands them in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/crl.h"
#include "certs/validity.h"

namespace tamga::certs {

// When lists are good.
struct RevocationBounds {
  absl::Time now;
  absl::Duration skew;                                // by how much other clocks may differ from ours
  absl::Duration max_age = absl::InfiniteDuration();  // since thisUpdate
};

// A value: once filled it is shared as const. Thread-safe as such.
class Revocations {
 public:
  // Takes the list of an issuer of the State, or of any issuer if `state` is empty, in place of an older one. That the
  // issuer may be believed is for the caller, or for the path that asks. Unauthenticated, and nothing changes:
  // REVOCATION_UNTRUSTED if the issuer did not sign it, has a weak key, may not sign lists, or has signed another with
  // the same number; REVOCATION_STALE if its number is lower than that of the list at hand.
  absl::Status Add(absl::string_view state, const Crl& list, const Certificate& issuer);

  // When the answer holds that `issuer` has not revoked the certificate, by its newest list. Unauthenticated
  // (CERT_REVOKED, REVOCATION_UNKNOWN, REVOCATION_STALE, REVOCATION_FROM_THE_FUTURE) otherwise: what cannot be told is
  // refused.
  absl::StatusOr<Validity> Check(absl::string_view state, const Certificate& certificate, const Certificate& issuer,
                                 const RevocationBounds& bounds) const;

  // The time of the issuer's newest list; nothing if there is none.
  std::optional<absl::Time> AsOf(absl::string_view state, const Certificate& issuer) const;
  // The time of the newest list of an issuer of the State that is none of `others`; nothing if there is none.
  std::optional<absl::Time> NewestBeside(absl::string_view state, const CertificateChain& others) const;

 private:
  const Crl* Find(absl::string_view state, const Certificate& issuer) const;

  // By State and SHA-256 of the issuer's SubjectPublicKeyInfo.
  std::map<std::pair<std::string, std::string>, Crl> lists_;
};

}  // namespace tamga::certs
