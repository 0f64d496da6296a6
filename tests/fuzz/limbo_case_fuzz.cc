// Cases for `tamga pki verify`: what can be read is judged, and answered in one line.
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "node/base/check.h"
#include "node/cli/limbo_case.h"
#include "node/cli/limbo_verdict.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cases = tamga::cli::ReadLimboCases(input);
  if (!cases.ok()) return 0;
  for (const tamga::cli::ReadCase& one : *cases) {
    const absl::Status verdict = one.content.ok()
                                     ? tamga::cli::JudgeLimboCase(*one.content, absl::FromUnixSeconds(1795435200))
                                     : one.content.status();
    TAMGA_CHECK(tamga::cli::LimboLine(one.id, verdict).find('\n') == std::string::npos);
  }
  return 0;
}
