// The way to a partner's node.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/support/channel_arguments.h"
#include "node/base/clock.h"
#include "node/exchange/partner_channel.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Thread-safe. Calls block until the answer, the deadline or an error.
class PeerStub {
 public:
  virtual ~PeerStub() = default;
  // Unavailable or DeadlineExceeded if the partner did not answer; any other error is the partner's refusal to open the
  // message.
  virtual absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time deadline) = 0;
  // True if a mutually authenticated connection to the partner's node stands by the deadline, and may be used.
  virtual bool IsReachable(absl::Time deadline) = 0;
};

// Deadlines are by `clock`. Both outlive the stub.
std::unique_ptr<PeerStub> MakeGrpcPeerStub(PartnerChannel& channel, const Clock& clock);

// Channel settings for node-to-node calls: keep-alive, quick reconnection, bounds; compression stays off.
grpc::ChannelArguments NodeChannelArguments(int max_message_bytes);

// Partners by agency.
using PeerStubs = std::map<std::string, std::unique_ptr<PeerStub>>;

}  // namespace tamga::exchange
