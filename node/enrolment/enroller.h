// Renews a certificate in time, with a new key each time. An authority that is down costs log lines, and nothing else
// as long as the certificate lasts.
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
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/enrolment/key_files.h"
#include "node/exchange/tls.h"

namespace tamga::enrolment {

// Asks the authority for a certificate for the request (DER), showing the current one. Blocks; the chain in PEM.
using AskAuthority =
    std::function<absl::StatusOr<std::string>(const exchange::TlsIdentity& current, absl::string_view csr)>;

// What is renewed, and by what. References outlive the enroller.
struct EnrollerParts {
  KeyFiles files;
  uint32_t renew_after_percent;  // of the certificate's life, 1 to 90
  const certs::CurrentTrust& trust;
  const Clock& clock;
  Rng& rng;
  AskAuthority ask;
};

// Not thread-safe.
class Enroller {
 public:
  explicit Enroller(EnrollerParts parts) : parts_(std::move(parts)) {}

  // Reads the certificate's file, and renews it if it is due: when renew_after_percent of its life are over, give or
  // take a tenth of that, so that those who were certified together do not come back together; after a failure, when
  // the pause of 1 minute, doubled with each failure up to 1 hour, give or take a tenth, is over. The files are changed
  // only once the new certificate is good (see CheckIssued). Logs "certificate renewed", or "certificate not renewed":
  // a warning, and an error when a sixth of the life or less is left.
  void RenewIfDue();

 private:
  // When a certificate is due, for the one at hand.
  struct Plan {
    std::string serial;
    absl::Time due;
  };

  absl::Time DueTimeOf(const certs::Certificate& certificate);
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
