// By what certificates partners' nodes have shown who they are, to ask again while the connections stand.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga::exchange {

// Thread-safe.
class PartnerCertificates {
 public:
  // Both outlive this.
  PartnerCertificates(const certs::CurrentTrust& trust, const Clock& clock) : trust_(trust), clock_(clock) {}

  // The node of `agency` has shown these in its last handshake, PEM as in IdentifyPeer, and they were good.
  void Set(const std::string& agency, std::string certificate_pem, std::string chain_pem);

  // OK if what was shown last is good by the trust of now; or nothing was shown yet, since no message leaves before a
  // handshake. Unavailable with the verifier's reason otherwise, as what can wait is to wait for another certificate.
  absl::Status Check(const std::string& agency) const;

 private:
  struct Shown {
    std::string certificate_pem;
    std::string chain_pem;
    // Who vouched for it, and when that has to be asked again.
    std::shared_ptr<const certs::TrustStore> judge;
    absl::Time from;
    absl::Time until;
  };

  const certs::CurrentTrust& trust_;
  const Clock& clock_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Shown> shown_ ABSL_GUARDED_BY(mutex_);  // by agency
};

}  // namespace tamga::exchange
