// The library that a node decides by now. It changes while the node serves: who took one keeps it until done.
#pragma once

#include <memory>
#include <utility>

#include "node/base/mutex.h"
#include "node/treaty/treaty_library.h"

namespace tamga::treaty {

// Thread-safe.
class CurrentTreaties {
 public:
  explicit CurrentTreaties(TreatyLibrary first) : current_(std::make_shared<const TreatyLibrary>(std::move(first))) {}

  std::shared_ptr<const TreatyLibrary> Get() const {
    MutexLock lock(mutex_);
    return current_;
  }

  void Replace(TreatyLibrary next) {
    // Declared before the lock, so that the old library goes after it is released.
    auto replacement = std::make_shared<const TreatyLibrary>(std::move(next));
    MutexLock lock(mutex_);
    current_.swap(replacement);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const TreatyLibrary> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::treaty
