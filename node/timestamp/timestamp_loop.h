// Has the log time-stamped, again and again.
#pragma once

#include "absl/time/time.h"
#include "node/base/repeating_thread.h"
#include "node/timestamp/stamping.h"

namespace tamga::timestamp {

class TimestampLoop {
 public:
  // `stamping` outlives this. Runs at once, every `interval`, and until destroyed; that waits for a question under way.
  TimestampLoop(Stamping& stamping, absl::Duration interval)
      : thread_(absl::ToChronoMilliseconds(interval), RepeatingThread::First::kAtOnce, [&stamping] {
          stamping.StampIfGrown();
          stamping.Prune();
        }) {}

 private:
  RepeatingThread thread_;
};

}  // namespace tamga::timestamp
