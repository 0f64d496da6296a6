// Machine-readable zones, one line of input a line of the zone.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "adapters/border_service/mrz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> lines = absl::StrSplit(input, '\n');
  const auto document = tamga::adapters::ReadMrz(lines, absl::CivilDay(2026, 11, 23));
  if (document.ok()) (void)tamga::adapters::ToTravellerQuery(*document);
  return 0;
}
