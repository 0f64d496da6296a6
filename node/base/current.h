// A value that is replaced while others use it: who took one keeps it until done.
#pragma once

#include <memory>
#include <utility>

#include "node/base/mutex.h"

namespace tamga {

// Thread-safe. What is in it is never null unless it was given null.
template <typename T>
class Current {
 public:
  explicit Current(std::shared_ptr<const T> first) : current_(std::move(first)) {}
  explicit Current(T first) : Current(std::make_shared<const T>(std::move(first))) {}

  std::shared_ptr<const T> Get() const {
    const MutexLock lock(mutex_);
    return current_;
  }

  void Replace(std::shared_ptr<const T> next) {
    const MutexLock lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga
