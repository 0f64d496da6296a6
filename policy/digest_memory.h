// Digests of what is in effect, so that a message costs no more than looking one up.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "node/base/mutex.h"

namespace tamga::policy {

// A digest, and the instant from which it is the one.
struct DigestFrom {
  absl::Time from;
  std::string sha256;  // 32 bytes
};

// By treaty id: from the infinite past on, one after another.
using PairDigests = std::map<std::string, std::vector<DigestFrom>, std::less<>>;

// Those of pairs of States that were asked for. Thread-safe.
class DigestMemory {
 public:
  using Pair = std::pair<std::string, std::string>;

  // Null if they are not known yet.
  std::shared_ptr<const PairDigests> Find(const Pair& pair) const {
    MutexLock lock(mutex_);
    const auto found = pairs_.find(pair);
    return found == pairs_.end() ? nullptr : found->second;
  }

  std::shared_ptr<const PairDigests> Put(Pair pair, PairDigests digests) {
    auto kept = std::make_shared<const PairDigests>(std::move(digests));
    MutexLock lock(mutex_);
    // Far more than a node has partners' States.
    if (pairs_.size() >= kMost) pairs_.clear();
    pairs_.emplace(std::move(pair), kept);
    return kept;
  }

 private:
  static constexpr size_t kMost = 4096;

  mutable Mutex mutex_;
  std::map<Pair, std::shared_ptr<const PairDigests>> pairs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::policy
