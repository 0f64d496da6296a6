// Six-character dates of the zone, YYMMDD, of which parts may be fillers (ICAO Doc 9303 part 3 section 4.8).
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "tamga/v1/common.pb.h"

namespace tamga::adapters {

// A birth is never in the future: the latest century in which the date is not after `today`. Nothing if a part is
// neither two digits nor two fillers, or if there is no such day.
std::optional<v1::PartialDate> ReadMrzBirth(absl::string_view field, absl::CivilDay today);

// The year nearest to `today`: from 50 years ago to 49 years ahead. Nothing as above.
std::optional<v1::PartialDate> ReadMrzExpiry(absl::string_view field, absl::CivilDay today);

// The last day that the known parts allow, so that a document of which only the year is known expires with the year.
// `date` has a year.
absl::CivilDay LastDay(const v1::PartialDate& date);

}  // namespace tamga::adapters
