// What nodes ask each other about revocation lists, over gRPC.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "node/base/clock.h"
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

// Deadlines are by `clock`, which outlives the peer.
std::unique_ptr<TrustPeer> MakeGrpcTrustPeer(std::shared_ptr<grpc::Channel> channel, const Clock& clock);

}  // namespace tamga::trust
