// Commands of a ministry's case system, as JSON and as XML; what is read is written and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/interior_ministry/command_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tamga::adapters::MinistryFormat;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  for (const MinistryFormat format : {MinistryFormat::kJson, MinistryFormat::kXml}) {
    const auto command = tamga::adapters::ReadMinistryCommand(format, input);
    if (!command.ok()) continue;
    const std::string xml = tamga::adapters::WriteMinistryRecord(MinistryFormat::kXml, *command, "command");
    (void)tamga::adapters::ReadMinistryCommand(MinistryFormat::kXml, xml).ok();  // white space at ends is lost
  }
  return 0;
}
