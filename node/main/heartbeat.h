// A tiny call to the node itself, three times a second. gRPC 1.51's two callback threads fall asleep when idle and then
// take up to 100 ms to notice the next call; the beat keeps them awake.
#pragma once

#include <memory>
#include <thread>

#include "grpcpp/channel.h"
#include "node/base/mutex.h"

namespace tamga::node {

class Heartbeat {
 public:
  // Beats over `channel`, in-process, until destroyed.
  explicit Heartbeat(std::shared_ptr<grpc::Channel> channel);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void Loop();
  void Beat();

  const std::shared_ptr<grpc::Channel> channel_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::node
