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

// For how long a connection serves: after its age both sides show each other their certificates anew, on another one.
struct ConnectionAge {
  absl::Duration age = absl::Minutes(10);
  absl::Duration grace = absl::Seconds(30);  // for calls that are under way then
};

class Server {
 public:
  // Serves `services` on `listener` at once. All outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const v1::NodeConfig& config, exchange::Listener& listener,
                                                       std::shared_ptr<grpc::ServerCredentials> credentials,
                                                       const std::vector<grpc::Service*>& services,
                                                       const ConnectionAge& connection_age = {});
  ~Server();

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
