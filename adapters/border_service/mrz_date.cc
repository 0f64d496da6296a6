#include "adapters/border_service/mrz_date.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "adapters/partial_date.h"

namespace tamga::adapters {
namespace {

// Two digits, or nothing for two fillers; false for anything else.
bool ReadPart(absl::string_view text, std::optional<uint32_t>& value) {
  if (text == "<<") return true;
  uint32_t number = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  if (!absl::SimpleAtoi(text, &number)) return false;
  value = number;
  return true;
}

struct Parts {
  std::optional<uint32_t> year, month, day;
};

std::optional<Parts> ReadParts(absl::string_view field) {
  Parts parts;
  const bool read = ReadPart(field.substr(0, 2), parts.year) && ReadPart(field.substr(2, 2), parts.month) &&
                    ReadPart(field.substr(4, 2), parts.day);
  const bool zero = parts.month == 0u || parts.day == 0u;
  if (!read || zero) return std::nullopt;
  return parts;
}

// The date with the century that `year` (four digits) lies in.
v1::PartialDate Dated(const Parts& parts, absl::civil_year_t year) {
  v1::PartialDate date;
  if (parts.year) date.set_year(static_cast<uint32_t>(year));
  date.set_month(parts.month.value_or(0));
  date.set_day(parts.day.value_or(0));
  return date;
}

std::optional<v1::PartialDate> IfPossible(const v1::PartialDate& date) {
  if (!IsPossible(date)) return std::nullopt;
  return date;
}

bool IsAfter(const v1::PartialDate& date, absl::CivilDay today) {
  const absl::CivilDay first(date.year(), date.month() == 0 ? 1 : date.month(), date.day() == 0 ? 1 : date.day());
  return first > today;
}

}  // namespace

std::optional<v1::PartialDate> ReadMrzBirth(absl::string_view field, absl::CivilDay today) {
  const std::optional<Parts> parts = ReadParts(field);
  if (!parts) return std::nullopt;
  absl::civil_year_t year = today.year() - today.year() % 100 + parts->year.value_or(0);
  if (parts->year && IsAfter(Dated(*parts, year), today)) year -= 100;
  return IfPossible(Dated(*parts, year));
}

std::optional<v1::PartialDate> ReadMrzExpiry(absl::string_view field, absl::CivilDay today) {
  const std::optional<Parts> parts = ReadParts(field);
  if (!parts) return std::nullopt;
  absl::civil_year_t year = today.year() - today.year() % 100 + parts->year.value_or(0);
  if (year < today.year() - 50) year += 100;
  if (year >= today.year() + 50) year -= 100;
  return IfPossible(Dated(*parts, year));
}

absl::CivilDay LastDay(const v1::PartialDate& date) {
  if (date.month() == 0) return absl::CivilDay(date.year(), 12, 31);
  if (date.day() == 0) return absl::CivilDay(absl::CivilMonth(date.year(), date.month()) + 1) - 1;
  return absl::CivilDay(date.year(), date.month(), date.day());
}

}  // namespace tamga::adapters
