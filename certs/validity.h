// For how long something is good.
#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace tamga::certs {

// From `not_before` through `not_after`, both included (RFC 5280 section 4.1.2.5).
struct Validity {
  absl::Time not_before = absl::InfinitePast();
  absl::Time not_after = absl::InfiniteFuture();

  bool Covers(absl::Time now) const { return not_before <= now && now <= not_after; }
  // Leaves what both cover.
  void Narrow(const Validity& other) {
    not_before = std::max(not_before, other.not_before);
    not_after = std::min(not_after, other.not_after);
  }
};

}  // namespace tamga::certs
