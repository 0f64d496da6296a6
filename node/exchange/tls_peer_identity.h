// Reads the caller from the TLS connection that the call came on.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/exchange/peer_identity.h"

namespace tamga::exchange {

// Verifies the chain again per call, so that a connection does not outlive its certificate; remembers verified chains
// for a minute, since a verification costs as much as the rest of a call; what another trust vouched for is forgotten
// at once. Thread-safe.
class TlsPeerIdentity final : public PeerIdentity {
 public:
  // Both outlive this.
  TlsPeerIdentity(const certs::CurrentTrust& trust, const Clock& clock);

  absl::StatusOr<certs::Principal> Identify(const grpc::ServerContextBase& context) const override;

 private:
  struct Remembered {
    certs::Principal principal;
    absl::Time from;
    absl::Time until;
  };

  const certs::CurrentTrust& trust_;
  const Clock& clock_;
  mutable Mutex mutex_;
  mutable std::shared_ptr<const certs::TrustStore> judge_
      ABSL_GUARDED_BY(mutex_);  // who vouched for what is remembered
  mutable absl::flat_hash_map<std::string, Remembered> remembered_ ABSL_GUARDED_BY(mutex_);  // by SHA-256 of the chain
};

}  // namespace tamga::exchange
