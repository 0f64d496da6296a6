// Treaty documents: what is read can be compiled.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "policy/treaty_document.h"
#include "policy/treaty_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  auto document = tamga::policy::ReadTreaty(input, "fuzz.txtpb");
  if (!document.ok()) return 0;
  std::vector<tamga::policy::TreatyDocument> documents;
  documents.push_back(*std::move(document));
  TAMGA_CHECK(tamga::policy::TreatySet::Build(std::move(documents)).ok());
  return 0;
}
