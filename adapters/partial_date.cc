#include "adapters/partial_date.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "node/base/error.h"

namespace tamga::adapters {
namespace {

constexpr uint32_t kFirstPlausibleYear = 1850;
constexpr uint32_t kLastPlausibleYear = 2100;
constexpr uint32_t kLeapYear = 2000;  // stands in for an unknown year, so that 29 February stays possible

// Exactly `width` digits at `offset`.
bool ReadDigits(absl::string_view text, size_t offset, size_t width, uint32_t& value) {
  const absl::string_view digits = text.substr(offset, width);
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return absl::SimpleAtoi(digits, &value);
}

bool ReadParts(absl::string_view text, v1::PartialDate& date) {
  const bool has_month = text.size() >= 7;
  const bool has_day = text.size() == 10;
  if (text.size() != 4 && text.size() != 7 && !has_day) return false;
  if ((has_month && text[4] != '-') || (has_day && text[7] != '-')) return false;
  uint32_t year = 0, month = 0, day = 0;
  if (!ReadDigits(text, 0, 4, year) || year == 0) return false;
  if (has_month && (!ReadDigits(text, 5, 2, month) || month == 0)) return false;
  if (has_day && (!ReadDigits(text, 8, 2, day) || day == 0)) return false;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return IsPossible(date);
}

}  // namespace

bool IsPossible(const v1::PartialDate& date) {
  if (date.year() > 9999 || date.month() > 12 || date.day() > 31) return false;
  if (date.day() == 0) return true;
  if (date.month() == 0) return false;
  const absl::CivilDay day(date.year() == 0 ? kLeapYear : date.year(), date.month(), date.day());
  return day.month() == static_cast<int>(date.month());
}

absl::StatusOr<v1::PartialDate> ReadPartialDate(absl::string_view field, absl::string_view text) {
  v1::PartialDate date;
  if (!ReadParts(text, date)) return InvalidField(field, "must be a date that exists, as YYYY-MM-DD, YYYY-MM or YYYY");
  return date;
}

absl::Status CheckPartialDate(absl::string_view field, const v1::PartialDate& date) {
  if (!IsPossible(date)) return InvalidField(field, "is no day of the calendar; unknown parts are 0");
  const bool plausible = date.year() >= kFirstPlausibleYear && date.year() <= kLastPlausibleYear;
  if (date.year() != 0 && !plausible) {
    return InvalidField(field, "must have a year from 1850 to 2100, or 0 when it is unknown");
  }
  return absl::OkStatus();
}

}  // namespace tamga::adapters
