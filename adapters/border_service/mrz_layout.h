// Where each field stands in the five formats of the machine-readable zone (ICAO Doc 9303 parts 4 to 7).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::adapters {

enum class MrzFormat { kTd1, kTd2, kTd3, kMrvA, kMrvB };

// "TD1", "TD2", "TD3", "MRV-A" or "MRV-B".
absl::string_view MrzFormatName(MrzFormat format);

// Characters [begin, end) of one line, all counted from 0. Empty where a format lacks the field.
struct MrzSpan {
  size_t line = 0;
  size_t begin = 0;
  size_t end = 0;

  bool empty() const { return begin == end; }
};

// A check digit, as a span of one character, stands right behind the field that it covers.
struct MrzLayout {
  MrzFormat format;
  size_t lines;
  size_t length;
  MrzSpan names;
  MrzSpan number;
  MrzSpan birth;
  MrzSpan sex;
  MrzSpan expiry;
  MrzSpan nationality;
  MrzSpan optional;         // beside the number; TD1 numbers of more than nine characters continue here
  MrzSpan second_optional;  // TD1 only
  bool optional_has_check_digit;
  MrzSpan composite_check;  // the digit itself
  std::vector<MrzSpan> composite;
};

// In every format.
inline constexpr MrzSpan kMrzDocumentCode{0, 0, 2};
inline constexpr MrzSpan kMrzIssuer{0, 2, 5};

// The layout that the lines have: two or three of them, of the right length, in A-Z, 0-9 and <. INVALID_FIELD naming
// line and position (counted from 1), never repeating a character, otherwise.
absl::StatusOr<const MrzLayout*> FindMrzLayout(const std::vector<std::string>& lines);

}  // namespace tamga::adapters
