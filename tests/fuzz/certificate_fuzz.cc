// Certificates and PEM, as a partner may send them: what is accepted gives back its own bytes.
#include <cstddef>
#include <cstdint>

#include "certs/certificate.h"
#include "node/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto certificate = tamga::certs::Certificate::FromDer(input);
  if (certificate.ok()) TAMGA_CHECK(certificate->Der() == input);
  (void)tamga::certs::ParsePemChain(input).ok();
  return 0;
}
