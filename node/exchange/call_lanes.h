// Workers that several States' calls share, so that none of them can take all.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "node/base/mutex.h"
#include "node/base/worker_pool.h"

namespace tamga::exchange {

// Of one State's calls only so many are with the workers at once. The others wait in the order in which they came, and
// not in front of another State's. Thread-safe.
class CallLanes {
 public:
  // `workers` may end before this, and not the other way round. `max_waiting` is of one State.
  CallLanes(WorkerPool& workers, size_t at_once, size_t max_waiting)
      : workers_(workers), at_once_(at_once), max_waiting_(max_waiting) {}

  // Has `work` done for `state` ("KAZ"). ResourceExhausted (OVERLOADED) if as many wait as may, in the lane or for the
  // workers; `work` is then not kept.
  absl::Status Run(const std::string& state, std::function<void()> work);

 private:
  struct Lane {
    size_t at_work = 0;
    std::deque<std::function<void()>> waiting;
  };

  absl::Status HandOver(const std::string& state, const std::function<void()>& work)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // On a worker.
  void Serve(const std::string& state, std::function<void()> work);
  // After a call of `state` has ended. Gives the next if the same worker is to do it.
  std::function<void()> Next(const std::string& state);

  WorkerPool& workers_;
  const size_t at_once_;
  const size_t max_waiting_;
  Mutex mutex_;
  std::map<std::string, Lane> lanes_ ABSL_GUARDED_BY(mutex_);  // by State, of those with calls
};

}  // namespace tamga::exchange
