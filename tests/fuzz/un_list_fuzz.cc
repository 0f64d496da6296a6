// The UN consolidated list.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "adapters/partner_state/un_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream input(std::string(reinterpret_cast<const char*>(data), size));
  tamga::adapters::UnListSink sink;
  sink.alert = [](auto&&) { return absl::OkStatus(); };
  sink.reject = [](auto&&) {};
  sink.progress = [](auto&&) {};
  (void)tamga::adapters::ReadUnList(input, sink).ok();
  return 0;
}
