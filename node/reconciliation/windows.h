// A period divided into windows of the same length, but for the last.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tamga::reconciliation {

inline constexpr size_t kMostWindows = 100;
inline constexpr absl::Duration kLongestPeriod = absl::Hours(24 * 31);

struct Windows {
  absl::Time since;
  absl::Time until;
  absl::Duration length;

  size_t count() const { return static_cast<size_t>((until - since + length - absl::Nanoseconds(1)) / length); }
  absl::Time BeginOf(size_t window) const { return since + static_cast<int64_t>(window) * length; }
  absl::Time EndOf(size_t window) const { return std::min(until, BeginOf(window + 1)); }
};

// Days, hours, minutes or seconds, whichever are the longest of which there is more than one.
Windows Divide(absl::Time since, absl::Time until);

// INVALID_FIELD unless the period has whole seconds, a length of 1 second to 31 days and ends by `now`.
absl::Status CheckPeriod(absl::Time since, absl::Time until, absl::Time now);

}  // namespace tamga::reconciliation
