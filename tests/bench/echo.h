// The yardstick: a bare gRPC echo over mutual TLS, with as many hops as an exchange has. It neither seals, decides,
// logs nor stores.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "certs/current_trust.h"
#include "grpcpp/grpcpp.h"
#include "node/base/clock.h"
#include "node/exchange/tls.h"

namespace tamga::bench {

// Gives back what it is sent, or, with an upstream, what that gives back.
class EchoServer {
 public:
  // Serves on a port of 127.0.0.1 that the kernel chooses. `upstream` may be null.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Start(const exchange::TlsIdentity& identity,
                                                           const certs::CurrentTrust& trust, const Clock& clock,
                                                           std::shared_ptr<grpc::Channel> upstream);
  ~EchoServer();
  const std::string& address() const { return address_; }

 private:
  class Service;
  EchoServer(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server, std::string address);

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace tamga::bench
