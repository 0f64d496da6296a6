// Asks witnesses and watches partners' logs, again and again.
#pragma once

#include <thread>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/witness/log_watch.h"
#include "node/witness/witnessing.h"

namespace tamga::witness {

class WitnessingLoop {
 public:
  // All outlive this. Runs first after `interval`.
  WitnessingLoop(Witnessing& witnessing, LogWatch& watch, absl::Duration interval);
  // Waits for a question under way.
  ~WitnessingLoop();
  WitnessingLoop(const WitnessingLoop&) = delete;
  WitnessingLoop& operator=(const WitnessingLoop&) = delete;

 private:
  void Loop();
  bool IsStopping();

  Witnessing& witnessing_;
  LogWatch& watch_;
  const absl::Duration interval_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::witness
