// Check digits of the machine-readable zone (ICAO Doc 9303 part 3 section 4.9), and which misreading would explain a
// wrong one.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/border_service/mrz_layout.h"

namespace tamga::adapters {

// The digit for characters of A-Z, 0-9 and <: weights 7, 3, 1, modulo 10.
char MrzCheckDigit(absl::string_view characters);

// The characters of one field.
absl::string_view MrzText(const std::vector<std::string>& lines, const MrzSpan& span);

// Fields that one digit covers, taken one after the other.
struct MrzChecked {
  std::vector<MrzSpan> covered;
  // The digit itself.
  MrzSpan digit;
  // No letters may stand in the fields, as in dates.
  bool digits_only = false;
};

// True if the digit is the right one.
bool MrzDigitFits(const std::vector<std::string>& lines, const MrzChecked& checked);

// Single characters that optical readers confuse (O/0, I/1, B/8, S/5, Z/2), each with which the digit would fit; in
// words: "reading line 2 position 5 as 0 would fit". At most three are named; "" if there is none.
std::string MrzMisreadings(const std::vector<std::string>& lines, const MrzChecked& checked);

}  // namespace tamga::adapters
