// So many a second and no more.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga::signer {

// A token bucket that holds what one second gives. Thread-safe.
class RateLimit {
 public:
  RateLimit(uint32_t per_second, const Clock& clock);

  // False if it would be one too many.
  bool Take();

 private:
  const double per_second_;
  const Clock& clock_;
  Mutex mutex_;
  double left_ ABSL_GUARDED_BY(mutex_);
  absl::Time filled_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::signer
