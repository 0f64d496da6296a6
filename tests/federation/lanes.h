// Lanes at a border: callers of one node who ask another through it, one traveller after the other, and what became of
// their calls.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "node/base/mutex.h"
#include "tamga/v1/watchlist_service.pb.h"
#include "tests/federation/federation.h"

namespace tamga::testing {

// What a lane asks, of a traveller whom nobody knows.
v1::CheckTravellerRequest LaneRequest(const std::string& answerer);

struct LanesResult {
  long exchanges = 0;         // that brought the partner's answer
  long failures = 0;          // calls that did not
  std::string first_failure;  // what was said then; empty if there was none
};

// Thread-safe.
class Lanes {
 public:
  // `count` lanes of `asker` ask `answerer`, who knows nobody they ask about, until they are stopped. Each connects
  // anew after some calls. Both nodes run; `federation` outlives this.
  Lanes(Federation& federation, const std::string& asker, const std::string& answerer, int count);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  long exchanges() const { return exchanges_; }
  // Returns when at least `count` exchanges are done, or any call has failed.
  void AwaitExchanges(long count) const;
  // Lets calls under way end.
  LanesResult Stop();

 private:
  void Work(const exchange::TlsIdentity& identity);
  // Empty if the partner answered.
  std::string Ask(const std::shared_ptr<grpc::Channel>& channel) const;

  Federation& federation_;
  const std::string asker_;
  const std::string answerer_;
  std::atomic<bool> stopping_ = false;
  std::atomic<long> exchanges_ = 0;
  std::atomic<long> failures_ = 0;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::string first_failure_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace tamga::testing
