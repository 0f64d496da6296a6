// A few expensive things, such as connections, each used by one thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/mutex.h"

namespace tamga {

// Thread-safe. It outlives what is taken of it.
template <typename T>
class ResourcePool {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Opener = std::function<absl::StatusOr<std::unique_ptr<T>>(Deadline deadline)>;

  // There are never more than `most`. `open` may run on several threads at once.
  ResourcePool(size_t most, Opener open) : most_(most), open_(std::move(open)) {}
  ResourcePool(const ResourcePool&) = delete;
  ResourcePool& operator=(const ResourcePool&) = delete;

  // An idle one, or else a new one. DeadlineExceeded if all are in use until `deadline`; otherwise the opener's errors.
  absl::StatusOr<std::unique_ptr<T>> Take(Deadline deadline) {
    std::unique_ptr<T> idle;
    if (absl::Status status = TakeIdleOrPlace(deadline, &idle); !status.ok()) return status;
    if (idle != nullptr) return idle;
    absl::StatusOr<std::unique_ptr<T>> opened = open_(deadline);
    if (!opened.ok()) GiveUpPlaces(1);
    return opened;
  }

  void GiveBack(std::unique_ptr<T> resource) {
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(resource));
    changed_.NotifyOne();
  }

  // For one that failed. Those that are idle, and so may have failed as well, are closed too.
  void Discard(std::unique_ptr<T> resource) {
    std::vector<std::unique_ptr<T>> closed = TakeAllIdle();
    closed.push_back(std::move(resource));
    const size_t count = closed.size();
    closed.clear();
    GiveUpPlaces(count);
  }

 private:
  // Leaves `idle` empty where the caller may open one.
  absl::Status TakeIdleOrPlace(Deadline deadline, std::unique_ptr<T>* idle) {
    const MutexLock lock(mutex_);
    while (idle_.empty() && places_taken_ == most_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return absl::DeadlineExceededError("all are in use");
      changed_.WaitFor(mutex_, left);
    }
    if (idle_.empty()) {
      ++places_taken_;
    } else {
      *idle = std::move(idle_.back());
      idle_.pop_back();
    }
    return absl::OkStatus();
  }

  std::vector<std::unique_ptr<T>> TakeAllIdle() {
    const MutexLock lock(mutex_);
    return std::exchange(idle_, {});
  }

  void GiveUpPlaces(size_t count) {
    const MutexLock lock(mutex_);
    places_taken_ -= count;
    changed_.NotifyAll();
  }

  const size_t most_;
  const Opener open_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::unique_ptr<T>> idle_ ABSL_GUARDED_BY(mutex_);
  size_t places_taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tamga
