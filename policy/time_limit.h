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
// Saturdays and Sundays as its days off. `limit` is part of a valid treaty, so that its time zone is known here. Never
// later than LastInstant().
absl::Time DueAt(const v1::TimeLimit& limit, absl::Time start, const CountingDays& days);

// The instant to which the same limit leads if it is counted once more from `due`, at which it passed.
absl::Time DueOnceMore(const v1::TimeLimit& limit, absl::Time due, const CountingDays& days);

// The last whole second of the year 9999, the last that a protobuf Timestamp can tell.
absl::Time LastInstant();

}  // namespace tamga::policy
