#include "node/reconciliation/windows.h"

#include "node/base/error.h"

namespace tamga::reconciliation {

Windows Divide(absl::Time since, absl::Time until) {
  Windows windows{since, until, absl::Seconds(1)};
  for (const absl::Duration length : {absl::Hours(24), absl::Hours(1), absl::Minutes(1)}) {
    if (until - since <= length) continue;
    windows.length = length;
    break;
  }
  return windows;
}

absl::Status CheckPeriod(absl::Time since, absl::Time until, absl::Time now) {
  const auto is_whole = [](absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)) == time; };
  if (!is_whole(since)) return InvalidField("since", "must be a whole second");
  if (!is_whole(until)) return InvalidField("until", "must be a whole second");
  if (until <= since) return InvalidField("until", "must be after since");
  if (until - since > kLongestPeriod) return InvalidField("until", "must be at most 31 days after since");
  if (until > now) return InvalidField("until", "must not be in the future: what is under way cannot be compared");
  return absl::OkStatus();
}

}  // namespace tamga::reconciliation
