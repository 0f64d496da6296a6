// What was worked out about texts, so that it is worked out once.
#pragma once

#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "node/base/mutex.h"

namespace tamga::treaty {

// By hashes, from which it follows. Thread-safe.
template <typename Value>
class TextMemory {
 public:
  std::optional<Value> Find(const std::string& key) const {
    MutexLock lock(mutex_);
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

  void Put(const std::string& key, Value value) {
    MutexLock lock(mutex_);
    // Far more than a node holds. Whoever sends ever new texts has only those forgotten that nobody holds.
    if (values_.size() >= kMost) {
      for (auto entry = values_.begin(); entry != values_.end();) {
        entry = held_.count(entry->first) == 0 ? values_.erase(entry) : std::next(entry);
      }
    }
    values_.emplace(key, std::move(value));
  }

  // What is held by now is not forgotten.
  void Hold(std::set<std::string> keys) {
    MutexLock lock(mutex_);
    held_ = std::move(keys);
  }

 private:
  static constexpr size_t kMost = 4096;

  mutable Mutex mutex_;
  std::map<std::string, Value> values_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::treaty
