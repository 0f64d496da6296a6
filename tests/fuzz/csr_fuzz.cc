// Requests for certificates, as strangers send them to tamga-authority: what is accepted names a principal and a key.
#include <cstddef>
#include <cstdint>

#include "certs/csr.h"
#include "node/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto request = tamga::certs::Csr::FromDer(input);
  if (!request.ok()) return 0;
  TAMGA_CHECK(size <= tamga::certs::Csr::kMaxDerBytes);
  TAMGA_CHECK(tamga::certs::ParseSpiffeId(request->principal().SpiffeId()).ok());
  TAMGA_CHECK(request->key_sha256().size() == 32);
  return 0;
}
