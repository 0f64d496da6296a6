#include "adapters/interior_ministry/backoff.h"

#include <algorithm>
#include <string>

namespace tamga::adapters {

absl::Duration Backoff::Next() {
  const absl::Duration whole = pause_;
  pause_ = std::min(pause_ * 2, kLongestRetryPause);
  const std::string bytes = rng_.Bytes(1);
  return whole / 2 + whole * static_cast<unsigned char>(bytes[0]) / 510;
}

}  // namespace tamga::adapters
