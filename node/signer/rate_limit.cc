#include "node/signer/rate_limit.h"

#include <algorithm>

namespace tamga::signer {

RateLimit::RateLimit(uint32_t per_second, const Clock& clock)
    : per_second_(per_second), clock_(clock), left_(per_second), filled_at_(clock.Now()) {}

bool RateLimit::Take() {
  const absl::Time now = clock_.Now();
  const MutexLock lock(mutex_);
  // A clock that was set back gives nothing, and one that was set forward no more than a second's.
  const double passed = std::clamp(absl::ToDoubleSeconds(now - filled_at_), 0.0, 1.0);
  left_ = std::min(per_second_, left_ + passed * per_second_);
  filled_at_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

}  // namespace tamga::signer
