// A tiny call to the node itself, three times a second. gRPC 1.51's two callback threads fall asleep when idle and then
// take up to 100 ms to notice the next call; the beat keeps them awake.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "grpcpp/channel.h"
#include "node/base/repeating_thread.h"

namespace tamga::node {

class Heartbeat {
 public:
  // Beats over `channel`, in-process, until destroyed.
  explicit Heartbeat(std::shared_ptr<grpc::Channel> channel);

  // How many beats were answered.
  uint64_t answered() const { return answered_; }

 private:
  void Beat();

  const std::shared_ptr<grpc::Channel> channel_;
  std::atomic<uint64_t> answered_ = 0;
  RepeatingThread thread_;
};

}  // namespace tamga::node
