// Revocation lists as partners send them and as files hold them: what is read is whole, and is read again as it was.
#include <cstddef>
#include <cstdint>

#include "node/base/check.h"
#include "node/trust/list_file.h"
#include "node/trust/revocation_list.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  tamga::v1::RevocationList message;
  if (message.ParseFromArray(data, static_cast<int>(size))) {
    const auto list = tamga::trust::ParseRevocationList(message);
    if (list.ok()) {
      TAMGA_CHECK(!list->chain.empty());
      const auto again = tamga::trust::ParseRevocationList(tamga::trust::ToProto(*list));
      TAMGA_CHECK(again.ok() && again->list.Der() == list->list.Der());
    }
  }
  const auto lists = tamga::trust::ReadListFile("KAZ", input, {});
  if (lists.ok()) {
    for (const tamga::trust::RevocationList& list : *lists) TAMGA_CHECK(list.list.IsSignedBy(list.chain.front()));
  }
  return 0;
}
