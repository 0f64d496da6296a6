// Renews a certificate in time, with a new key each time where the key is in a file. An authority that is down costs
// log lines, and nothing else as long as the certificate lasts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/current_trust.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/enrolment/key_files.h"
#include "node/exchange/tls.h"

namespace tamga::enrolment {

// Asks the authority for a certificate for the request (DER), showing the current one. Blocks; the chain in PEM.
using AskAuthority =
    std::function<absl::StatusOr<std::string>(const exchange::TlsIdentity& current, absl::string_view csr)>;

// A certificate request (DER) for the principal and a key that stays where it is.
using RequestByKey = std::function<absl::StatusOr<std::string>(const certs::Principal& principal)>;

// What is renewed, and by what. References outlive the enroller.
struct EnrollerParts {
  KeyFiles files;                // without key_file if there is request_by_key
  uint32_t renew_after_percent;  // of the certificate's life, 1 to 90
  const certs::CurrentTrust& trust;
  const Clock& clock;
  Rng& rng;
  AskAuthority ask;
  // For a key that no file holds: the certificate alone is replaced then. Empty: a new key is made in files.key_file.
  RequestByKey request_by_key = {};
};

// Not thread-safe.
class Enroller {
 public:
  explicit Enroller(EnrollerParts parts) : parts_(std::move(parts)) {}

  // Reads the certificate's file, and renews it if it is due: when renew_after_percent of its life are over, give or
  // take a tenth of that, so that those who were certified together do not come back together. Its life begins when it
  // was received: notBefore is earlier, and of a certificate for minutes most of its time would be over at once. After
  // a failure it is tried again when a pause is over: of 1 minute, doubled with each failure up to 1 hour, give or take
  // a tenth, but no longer than a fifth of what is left of the certificate. The files are changed only once the new
  // certificate is good (see CheckIssued). Logs "certificate renewed", or "certificate not renewed": a warning, and an
  // error when a sixth of the life or less is left.
  void RenewIfDue();

 private:
  // When the certificate at hand is due.
  struct Plan {
    std::string serial;
    absl::Time received;
    absl::Time due;
  };

  Plan PlanFor(const certs::Certificate& certificate, absl::Time received);
  const Plan& PlanOf(const certs::Certificate& certificate);
  absl::StatusOr<std::string> MakeRequest(const certs::Principal& principal, const certs::Certificate& certificate);
  absl::StatusOr<std::string> AskFor(const std::string& request, const exchange::TlsIdentity& current);
  absl::Status Renew(const exchange::TlsIdentity& current, const certs::Certificate& certificate);
  void Failed(const absl::Status& why, const std::optional<certs::Certificate>& certificate);
  // Between 0.9 and 1.1.
  double Jitter();

  const EnrollerParts parts_;
  std::optional<Plan> plan_;
  absl::Time not_before_ = absl::InfinitePast();  // the next attempt
  absl::Duration pause_;                          // after the next failure; zero: the shortest
};

}  // namespace tamga::enrolment
