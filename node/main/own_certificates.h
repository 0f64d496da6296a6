// Whether the node's own certificates would be believed: the same verifier judges them that judges partners', by the
// roots and lists of the moment. A node whose certificate is revoked is told so here, and not by its partners' silence.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga::node {

// Which of the two chains.
enum class OwnCertificate { kTls, kSeal };

// OK if the certificates are good. That there is no current list is nobody's fault here, and is not asked.
// FailedPrecondition otherwise: OWN_TLS_REFUSED or OWN_SEAL_REFUSED with "certificate" (the verifier's code) among its
// particulars, naming the field and how to mend it.
absl::Status CheckOwnCertificate(const certs::TrustStore& trust, OwnCertificate which,
                                 const certs::CertificateChain& chain, absl::Time now);

// Thread-safe.
class OwnCertificates {
 public:
  // Both outlive this.
  OwnCertificates(const certs::CurrentTrust& trust, const Clock& clock) : trust_(trust), clock_(clock) {}

  // Judges what is in use now. What is refused has an error line "own certificate refused", once for as long as it
  // stays so.
  void Look(const certs::CertificateChain& tls, const certs::CertificateChain& seal);

  // What was found last: OK, or the first refusal (see CheckOwnCertificate). Without looking, so for each exchange.
  absl::Status Check() const;
  // All refusals, "field: what is wrong; how to mend it".
  std::vector<std::string> Refused() const;

 private:
  const certs::CurrentTrust& trust_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::vector<absl::Status> refused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::node
