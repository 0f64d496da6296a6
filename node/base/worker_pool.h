// Threads for work that blocks (disk, cryptography, partners). gRPC's callback threads hand over to it and never wait.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "node/base/mutex.h"

namespace tamga {

// Thread-safe. Work must not wait for other work of the same pool.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t max_queued);
  // Finishes what is queued.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues `work`. ResourceExhausted (reason OVERLOADED) when the queue is full; `work` is then not kept.
  absl::Status Run(std::function<void()> work);

 private:
  void Loop();

  const size_t max_queued_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tamga
