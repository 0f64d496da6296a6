// The connection to a partner's node, and the one way to it: whatever calls the partner asks here for a channel, for
// each call anew, and gets none over which a certificate was shown that is no longer good.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "certs/trust_store.h"
#include "grpcpp/channel.h"
#include "node/base/mutex.h"
#include "node/exchange/partner_certificates.h"
#include "node/exchange/tls_identity.h"

namespace tamga::exchange {

// Thread-safe.
class PartnerChannel {
 public:
  // Makes a channel of its own to the partner's node, which shows `identity`.
  using Connect = std::function<std::shared_ptr<grpc::Channel>(const TlsIdentity& identity)>;

  // `shown` outlives this; `connect` has the partner's handshakes put into it.
  PartnerChannel(std::string agency, const PartnerCertificates& shown, TlsIdentity identity, Connect connect);

  // For one call; it need not be over when another channel takes the place of this one. Unavailable with the verifier's
  // reason if the certificate that the partner showed last is not good any more (see PartnerCertificates::Check). If it
  // would be refused in a handshake as well a new connection is begun, as the partner may have another by now.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ForCall(certs::OldLists old_lists = certs::OldLists::kRefused);

  // Calls from now on go over a new connection, which shows `next`. Those under way end over the one that they have, so
  // whoever is not to see the former certificate any more waits for no connection to grow old.
  void Show(const TlsIdentity& next);

 private:
  const std::string agency_;
  const PartnerCertificates& shown_;
  const Connect connect_;
  Mutex mutex_;
  TlsIdentity identity_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<grpc::Channel> channel_ ABSL_GUARDED_BY(mutex_);
  uint64_t left_behind_ ABSL_GUARDED_BY(mutex_) = 0;  // the handshake whose connection was given up last
};

}  // namespace tamga::exchange
