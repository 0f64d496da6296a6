// Pauses between attempts that fail: each about twice the last, with jitter, up to a bound.
#pragma once

#include "absl/time/time.h"
#include "node/base/rng.h"

namespace tamga::adapters {

inline constexpr absl::Duration kFirstRetryPause = absl::Seconds(1);
inline constexpr absl::Duration kLongestRetryPause = absl::Minutes(1);

// Not thread-safe.
class Backoff {
 public:
  // `rng` outlives this.
  explicit Backoff(Rng& rng) : rng_(rng) {}

  // How long to wait after one more failure: between half and the whole of what is due.
  absl::Duration Next();
  void Reset() { pause_ = kFirstRetryPause; }

 private:
  Rng& rng_;
  absl::Duration pause_ = kFirstRetryPause;
};

}  // namespace tamga::adapters
