// Dates of records: read, and checked for days that exist.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/common.pb.h"

namespace tamga::adapters {

// True if the known parts (0 means unknown) can be parts of one day of the Gregorian calendar. A day without a month
// is no date; a month without a year is one.
bool IsPossible(const v1::PartialDate& date);

// Reads "YYYY-MM-DD", "YYYY-MM" or "YYYY". INVALID_FIELD naming `field`, never repeating the text, otherwise.
absl::StatusOr<v1::PartialDate> ReadPartialDate(absl::string_view field, absl::string_view text);

// OK if the date is possible and its year, where known, lies between 1850 and 2100. INVALID_FIELD naming `field`
// otherwise.
absl::Status CheckPartialDate(absl::string_view field, const v1::PartialDate& date);

}  // namespace tamga::adapters
