// The yardstick under load: a bare echo over two hops of mutual TLS in processes of their own, as two nodes are, and
// its callers.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "grpcpp/generic/generic_stub.h"
#include "tests/federation/federation.h"

namespace tamga::bench {

// A relay of `asker` and behind it an echo of `answerer`, killed with this.
class EchoPair {
 public:
  // Forks: before gRPC starts threads in this process. Ends the program if that cannot be done.
  EchoPair(testing::Federation& federation, const std::string& asker, const std::string& answerer);
  ~EchoPair();
  EchoPair(const EchoPair&) = delete;
  EchoPair& operator=(const EchoPair&) = delete;

  // Of the relay.
  const std::string& address() const { return relay_.address; }

 private:
  struct Process {
    pid_t pid = -1;
    std::string address;
  };
  static Process Start(testing::Federation& federation, const std::string& agency, const std::string& upstream_agency,
                       const std::string& upstream);

  Process echo_;
  Process relay_;
};

// One caller of the relay, over a connection of its own.
class EchoCaller {
 public:
  EchoCaller(testing::Federation& federation, const std::string& agency, const std::string& address, size_t bytes);
  // True if the echo came back.
  bool Call();

 private:
  const std::string payload_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

}  // namespace tamga::bench
