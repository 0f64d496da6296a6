// The node's listening socket. We accept connections ourselves and hand them to gRPC: its own listener dies for good
// when descriptors run out (CVE-2023-4785) and has no bound on connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/server_builder.h"
#include "node/base/clock.h"
#include "node/base/refusal_log.h"
#include "node/exchange/address_connections.h"

namespace tamga::exchange {

// What connections may use up.
struct ConnectionBounds {
  int descriptors = 0;     // of the process, with everything else that is open
  size_t per_address = 0;  // open at once (address_connections.h)
};

class Listener {
 public:
  // Listens on `address` ("127.0.0.1:7401", port 0 for any), or on the socket that the service manager passed
  // (LISTEN_FDS, sd_listen_fds(3)). Connections beyond the bounds are closed at once.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(absl::string_view address, const ConnectionBounds& bounds);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The address listened on, with the port that the kernel chose.
  const std::string& address() const { return address_; }

  // How many connections it has taken from the kernel, whether they were served or closed at once. Thread-safe.
  uint64_t taken() const { return taken_; }

  // Starts accepting for a server that was built with this acceptor.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor);
  // Accepts no more. Connections that were handed over live on.
  void Stop();

 private:
  Listener(int fd, int stop_fd, const ConnectionBounds& bounds, std::string address);
  void AcceptLoop();
  // Why a connection is not served; empty if it is.
  absl::string_view RefusalOf(int connection, const sockaddr_storage& peer);

  const int fd_;
  const int stop_fd_;  // eventfd that ends the loop
  const int max_descriptors_;
  AddressConnections connections_;  // of the accepting thread
  const std::string address_;
  std::atomic<uint64_t> taken_ = 0;
  const SystemClock clock_;
  RefusalLog refusals_{clock_};  // strangers can connect as often as they like
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::thread thread_;
};

}  // namespace tamga::exchange
