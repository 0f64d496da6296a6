// Treaty documents of every kind: whatever the bytes, an error or a document that can be compiled and decided by.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "policy/standing.h"
#include "policy/treaty_document.h"
#include "policy/treaty_set.h"

namespace {

// As if its parties had ratified it on the first day of 2020.
void DecideBy(tamga::policy::TreatyDocument document) {
  std::vector<tamga::policy::VerifiedAct> acts;
  for (const auto& party : document.treaty.parties()) {
    tamga::policy::VerifiedAct& act = acts.emplace_back();
    act.state = party.state();
    act.number = 1;
    act.instrument.set_state(party.state());
    act.instrument.set_effective_on("2020-01-01");
    act.instrument.mutable_ratify()->mutable_document()->set_id(document.treaty.id());
    act.instrument.mutable_ratify()->mutable_document()->set_sha256(tamga::HexEncode(document.sha256));
    act.instrument.mutable_ratify()->set_in_force_from("2020-01-01");
  }
  std::vector<tamga::policy::TreatyDocument> documents;
  documents.push_back(std::move(document));
  auto standing = std::make_shared<const tamga::policy::Standing>(
      std::move(documents), std::vector<tamga::policy::OverlayDocument>(), std::move(acts));
  const tamga::policy::TreatySet set = tamga::policy::TreatySetOf(std::move(standing), absl::Minutes(2), "");
  TAMGA_CHECK(set.documents().size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto document = tamga::policy::ReadTreaty(bytes, "fuzz");
  if (document.ok()) DecideBy(*std::move(document));
  (void)tamga::policy::ReadOverlay(bytes, "fuzz");
  (void)tamga::policy::ReadInstrument(bytes, "fuzz");
  (void)tamga::policy::ReadSuite(bytes, "fuzz");
  (void)tamga::policy::ReadTreatyOffice(bytes, "fuzz");
  return 0;
}
