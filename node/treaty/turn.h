// One at a time.
#pragma once

#include <memory>

#include "node/base/mutex.h"

namespace tamga::treaty {

// Unlike a lock, who finds it taken may also go away again. Thread-safe; outlives what it hands out.
class Turn {
 public:
  // Given back by whoever lets go of it.
  using Taken = std::shared_ptr<void>;

  // Null if somebody else has it.
  Taken TryTake() {
    MutexLock lock(mutex_);
    return is_taken_ ? nullptr : TakeFree();
  }

  Taken Wait() {
    MutexLock lock(mutex_);
    while (is_taken_) given_back_.Wait(mutex_);
    return TakeFree();
  }

 private:
  Taken TakeFree() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    is_taken_ = true;
    return Taken(this, [](void* turn) { static_cast<Turn*>(turn)->GiveBack(); });
  }

  void GiveBack() {
    MutexLock lock(mutex_);
    is_taken_ = false;
    given_back_.NotifyOne();
  }

  Mutex mutex_;
  CondVar given_back_;
  bool is_taken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tamga::treaty
