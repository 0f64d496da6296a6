// By what certificates partners' nodes have shown who they are, to ask again while the connections stand.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
  absl::Status Check(const std::string& agency, certs::OldLists old_lists = certs::OldLists::kRefused) const;

  // By which certificates what was shown last is believed, leaf first and root last, whatever the age of lists; nothing
  // if it is not, or nothing was shown yet.
  std::optional<certs::CertificateChain> PathOf(const std::string& agency) const;

  // How many handshakes there have been.
  uint64_t Handshakes(const std::string& agency) const;

 private:
  // Who vouched, and when that has to be asked again.
  struct Verdict {
    std::shared_ptr<const certs::TrustStore> judge;
    absl::Time from;
    absl::Time until;
    certs::CertificateChain path;
  };
  struct Shown {
    uint64_t handshakes = 0;
    std::string certificate_pem;
    std::string chain_pem;
    Verdict with_lists;
    Verdict with_old_lists;
  };

  const certs::CurrentTrust& trust_;
  const Clock& clock_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Shown> shown_ ABSL_GUARDED_BY(mutex_);  // by agency
};

}  // namespace tamga::exchange
