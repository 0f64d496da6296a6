#include "policy/time_limit.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "node/base/check.h"

namespace tamga::policy {
namespace {

// The first instant of the day. Where the clocks are put forward over midnight it is the one at which they are; where
// midnight comes twice, since they are put back, it is the first.
absl::Time Begin(absl::CivilDay day, const absl::TimeZone& zone) { return absl::FromCivil(day, zone); }

// The last day that has begun. Where midnight comes twice, the clock shows the day before once more: that day is over
// all the same, so that a later start never makes an earlier end.
absl::CivilDay DayOf(absl::Time start, const absl::TimeZone& zone) {
  const absl::CivilDay day = absl::ToCivilDay(start, zone);
  return start >= Begin(day + 1, zone) ? day + 1 : day;
}

bool Works(const Calendars& calendars, absl::string_view state, absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return calendars.IsWorkingDay(state, day)
      .value_or(weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday);
}

bool Counts(v1::CalendarSide side, absl::CivilDay day, const CountingDays& days) {
  switch (side) {
    case v1::CALENDAR_SIDE_REQUESTING:
      return Works(days.calendars, days.requesting_state, day);
    case v1::CALENDAR_SIDE_REQUESTED:
      return Works(days.calendars, days.requested_state, day);
    default:
      return Works(days.calendars, days.requesting_state, day) && Works(days.calendars, days.requested_state, day);
  }
}

absl::CivilDay LastWorkingDay(const v1::TimeLimit& limit, absl::CivilDay first, const CountingDays& days) {
  absl::CivilDay day = limit.first_day_counts() ? first : first + 1;
  uint32_t counted = 0;
  while (true) {
    if (Counts(limit.holidays_of(), day, days) && ++counted >= limit.amount()) return day;
    ++day;
  }
}

absl::CivilDay LastDayOfMonths(const v1::TimeLimit& limit, absl::CivilDay first) {
  const absl::CivilMonth month = absl::CivilMonth(first) + limit.amount();
  const absl::CivilDay same = absl::CivilDay(month) + (first.day() - 1);
  // A month that has no such day ends the limit with its last one.
  if (absl::CivilMonth(same) != month) return absl::CivilDay(month + 1) - 1;
  return limit.first_day_counts() ? same - 1 : same;
}

absl::CivilDay LastDay(const v1::TimeLimit& limit, absl::CivilDay first, const CountingDays& days) {
  switch (limit.unit()) {
    case v1::TIME_UNIT_WORKING_DAYS:
      return LastWorkingDay(limit, first, days);
    case v1::TIME_UNIT_MONTHS:
      return LastDayOfMonths(limit, first);
    default:
      return first + limit.amount() - (limit.first_day_counts() ? 1 : 0);
  }
}

}  // namespace

absl::Time LastInstant() { return absl::FromUnixSeconds(253'402'300'799); }

absl::Time DueAt(const v1::TimeLimit& limit, absl::Time start, const CountingDays& days) {
  if (limit.unit() == v1::TIME_UNIT_HOURS) return std::min(start + absl::Hours(limit.amount()), LastInstant());
  absl::TimeZone zone;
  // The reader has refused a treaty with a time zone that is not known here.
  TAMGA_CHECK(absl::LoadTimeZone(limit.time_zone(), &zone));
  return std::min(Begin(LastDay(limit, DayOf(start, zone), days) + 1, zone), LastInstant());
}

absl::Time DueOnceMore(const v1::TimeLimit& limit, absl::Time due, const CountingDays& days) {
  // Where the first day does not count, the last day that was counted is the one that does not.
  const bool from_last_day = limit.unit() != v1::TIME_UNIT_HOURS && !limit.first_day_counts();
  return DueAt(limit, from_last_day ? due - absl::Nanoseconds(1) : due, days);
}

}  // namespace tamga::policy
