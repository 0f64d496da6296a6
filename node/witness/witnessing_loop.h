// Asks witnesses and watches partners' logs, again and again.
#pragma once

#include "absl/time/time.h"
#include "node/base/repeating_thread.h"
#include "node/witness/log_watch.h"
#include "node/witness/witnessing.h"

namespace tamga::witness {

class WitnessingLoop {
 public:
  // All outlive this. Runs first after `interval`, and until destroyed; that waits for a question under way.
  WitnessingLoop(Witnessing& witnessing, LogWatch& watch, absl::Duration interval);

 private:
  void AskAndWatch();

  Witnessing& witnessing_;
  LogWatch& watch_;
  RepeatingThread thread_;
};

}  // namespace tamga::witness
