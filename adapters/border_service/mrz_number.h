// The document number of a zone, which on cards may be longer than its field.
#pragma once

#include <string>
#include <vector>

#include "adapters/border_service/mrz_layout.h"

namespace tamga::adapters {

struct MrzNumber {
  // Fillers removed.
  std::string value;
  // The fields that hold it, and its check digit.
  std::vector<MrzSpan> covered;
  MrzSpan check;
  // What is left of the optional data beside it.
  MrzSpan optional;
};

// On TD1 and TD2 a number of more than nine characters goes on at the start of the optional data, followed by its
// check digit and a filler; a filler then stands at the usual place of the digit (ICAO Doc 9303 parts 5 and 6).
MrzNumber FindMrzNumber(const MrzLayout& layout, const std::vector<std::string>& lines);

}  // namespace tamga::adapters
