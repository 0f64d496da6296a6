// When a limit of time that a treaty sets has passed.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "policy/calendars.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Whose working days count.
struct CountingDays {
  const Calendars& calendars;
  std::string requesting_state;
  std::string requested_state;
};

// The instant at which `limit`, started at `start`, passes. Hours are counted to the second; days, working days and
// months end at midnight of limit.time_zone, at the end of the last day. A year that a State has not published counts
// Saturdays and Sundays as its days off. `limit` is part of a valid treaty, so that its time zone is known here.
absl::Time DueAt(const v1::TimeLimit& limit, absl::Time start, const CountingDays& days);

}  // namespace tamga::policy
