// Revocation lists, as a partner may send them: what is accepted gives back its own bytes.
#include <cstddef>
#include <cstdint>

#include "certs/crl.h"
#include "node/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto list = tamga::certs::Crl::FromDer(input);
  if (list.ok()) {
    TAMGA_CHECK(list->Der() == input);
    TAMGA_CHECK(list->ThisUpdate() < list->NextUpdate());
  }
  (void)tamga::certs::Crl::FromPem(input).ok();
  return 0;
}
