// What tamga-signer is sent, and what a node is answered.
#include <cstddef>
#include <cstdint>

#include "node/base/check.h"
#include "node/signer/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const auto request = tamga::signer::ReadRequest(input);
  if (request.ok()) TAMGA_CHECK(tamga::signer::WriteRequest(*request) == input);
  const auto answer = tamga::signer::ReadAnswer(input);
  if (answer.ok()) TAMGA_CHECK(tamga::signer::WriteAnswer(*answer) == input);
  return 0;
}
