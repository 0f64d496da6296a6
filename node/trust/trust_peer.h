// What nodes ask each other about revocation lists, over gRPC.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/exchange/partner_channel.h"
#include "tamga/v1/trust_service.pb.h"

namespace tamga::trust {

// A partner's node. Thread-safe. Calls block until the answer, the deadline or an error.
class TrustPeer {
 public:
  virtual ~TrustPeer() = default;
  virtual absl::StatusOr<v1::PushRevocationsResponse> Push(const v1::PushRevocationsRequest& request,
                                                           absl::Time deadline) = 0;
  virtual absl::StatusOr<v1::FetchRevocationsResponse> Fetch(const v1::FetchRevocationsRequest& request,
                                                             absl::Time deadline) = 0;
};

// Deadlines are by `clock`. Both outlive the peer. It talks to a partner for whose certificate there is no current
// list: whoever brings a list adds nothing to it.
std::unique_ptr<TrustPeer> MakeGrpcTrustPeer(exchange::PartnerChannel& channel, const Clock& clock);

}  // namespace tamga::trust
