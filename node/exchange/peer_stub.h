// The way to a partner's node.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "node/base/clock.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Thread-safe. Calls block until the answer, the deadline or an error.
class PeerStub {
 public:
  virtual ~PeerStub() = default;
  // Unavailable or DeadlineExceeded if the partner did not answer; any other error is the partner's refusal to open the
  // message.
  virtual absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time deadline) = 0;
  // True if a mutually authenticated connection to the partner's node stands by the deadline.
  virtual bool IsReachable(absl::Time deadline) = 0;
};

// Deadlines are by `clock`, which outlives the stub. `check` says whether the partner may still be believed, and is
// asked before each exchange; nothing leaves unless it says OK. It must not block.
std::unique_ptr<PeerStub> MakeGrpcPeerStub(std::shared_ptr<grpc::Channel> channel, const Clock& clock,
                                           std::function<absl::Status()> check = absl::OkStatus);

// Channel settings for node-to-node calls: keep-alive, quick reconnection, bounds; compression stays off.
grpc::ChannelArguments NodeChannelArguments(int max_message_bytes);

// Partners by agency.
using PeerStubs = std::map<std::string, std::unique_ptr<PeerStub>>;

}  // namespace tamga::exchange
