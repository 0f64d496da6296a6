// Working days of States, as they published them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::policy {

class Calendars {
 public:
  // `calendar` is part of a valid instrument of `state`, outlives this, and replaces what was there for its year.
  void Set(const std::string& state, const v1::SetCalendar& calendar);

  // Null if the State has not published the year.
  const v1::SetCalendar* Find(absl::string_view state, absl::civil_year_t year) const;

  // Whether the State works on that day. Nothing if it has not published the year: whoever asks must escalate, since
  // days off move by decree.
  std::optional<bool> IsWorkingDay(absl::string_view state, absl::CivilDay day) const;

 private:
  std::map<std::pair<std::string, absl::civil_year_t>, const v1::SetCalendar*> calendars_;
};

}  // namespace tamga::policy
