// Deadlines for gRPC, which counts by the machine's clock. The node's own time may be another: while the machine's has
// jumped, a deadline taken over as it is would be long past, or years away.
#pragma once

#include <algorithm>
#include <chrono>

#include "absl/time/time.h"
#include "node/base/clock.h"

namespace tamga::exchange {

// As far away by the machine's clock as `deadline` is by `clock`; an hour at most.
inline std::chrono::system_clock::time_point GrpcDeadline(absl::Time deadline, const Clock& clock) {
  const absl::Duration left = std::clamp(deadline - clock.Now(), absl::ZeroDuration(), absl::Hours(1));
  return std::chrono::system_clock::now() + absl::ToChronoMicroseconds(left);
}

}  // namespace tamga::exchange
