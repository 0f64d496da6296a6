#include "policy/calendars.h"

#include <algorithm>

namespace tamga::policy {

void Calendars::Set(const std::string& state, const v1::SetCalendar& calendar) {
  calendars_[{state, static_cast<absl::civil_year_t>(calendar.year())}] = &calendar;
}

const v1::SetCalendar* Calendars::Find(absl::string_view state, absl::civil_year_t year) const {
  const auto found = calendars_.find({std::string(state), year});
  return found == calendars_.end() ? nullptr : found->second;
}

std::optional<bool> Calendars::IsWorkingDay(absl::string_view state, absl::CivilDay day) const {
  const v1::SetCalendar* calendar = Find(state, day.year());
  if (calendar == nullptr) return std::nullopt;
  const auto lists = [&](const auto& days) {
    return std::count(days.begin(), days.end(), absl::FormatCivilTime(day)) > 0;
  };
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) {
    return lists(calendar->working_weekend_days());
  }
  return !lists(calendar->holidays());
}

}  // namespace tamga::policy
