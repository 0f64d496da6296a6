// Applications and HTCDS cases as JSON.
#include <cstddef>
#include <cstdint>

#include "adapters/interior_ministry/application_json.h"
#include "adapters/tourism_agency/htcds_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto application = tamga::adapters::ReadApplication(input); application.ok()) {
    (void)tamga::adapters::CheckApplication(*application).ok();
  }
  (void)tamga::adapters::ReadHtcdsCase(input).ok();
  return 0;
}
