// The gRPC server with the settings that Debian's gRPC 1.51 needs to face a network.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "node/exchange/listener.h"
#include "node/main/heartbeat.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

// How long connections may take to begin, lie idle and last.
struct ConnectionTimes {
  // Both of TLS and of the greeting in HTTP/2.
  absl::Duration handshake = absl::Seconds(5);
  // A lane at a border is quiet for a minute between two travellers, and a new connection costs both sides a handshake
  // with certificates; a descriptor costs little, and their number is bounded.
  absl::Duration idle = absl::Seconds(90);
  // So that whoever may not be here any more is asked for his certificate again.
  absl::Duration age = absl::Minutes(10);
  absl::Duration age_grace = absl::Seconds(30);  // for calls under way
};

class Server {
 public:
  // Serves `services` on `listener` at once. All outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const v1::NodeConfig& config, exchange::Listener& listener,
                                                       std::shared_ptr<grpc::ServerCredentials> credentials,
                                                       const std::vector<grpc::Service*>& services,
                                                       const ConnectionTimes& times = {});
  ~Server();

  // What health says (grpc.health.v1). Not after Drain.
  void SetServing(bool serving);

  // How many of the calls that it makes to itself were answered. Not after Drain.
  uint64_t heartbeats() const { return heartbeat_->answered(); }

  // Says NOT_SERVING, accepts no more, gives calls under way `time` to end and cancels the rest. Returns when all have
  // ended.
  void Drain(absl::Duration time);

 private:
  Server(exchange::Listener& listener, std::unique_ptr<grpc::Server> server);

  exchange::Listener& listener_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Heartbeat> heartbeat_;
};

}  // namespace tamga::node
