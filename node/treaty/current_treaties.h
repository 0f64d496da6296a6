// The library that a node decides by now. It changes while the node serves: who took one keeps it until done.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

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
    auto replacement = std::make_shared<const TreatyLibrary>(std::move(next));
    std::vector<std::shared_ptr<const TreatyLibrary>> unused;  // gone after the lock is released
    MutexLock lock(mutex_);
    current_.swap(replacement);
    retired_.push_back(std::move(replacement));
    const auto in_use =
        std::partition(retired_.begin(), retired_.end(), [](const auto& library) { return library.use_count() > 1; });
    unused.assign(std::make_move_iterator(in_use), std::make_move_iterator(retired_.end()));
    retired_.erase(in_use, retired_.end());
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const TreatyLibrary> current_ ABSL_GUARDED_BY(mutex_);
  // Still in somebody's hands: kept, so that taking a library apart, which takes a while, is never left to who decides.
  std::vector<std::shared_ptr<const TreatyLibrary>> retired_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::treaty
