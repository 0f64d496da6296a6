// Bundles of texts and acts, as partners bring them: whatever the bytes, what is held stays or goes on.
#include <cstddef>
#include <cstdint>

#include "node/base/check.h"
#include "node/treaty/treaty_intake.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tamga::v1::TreatyBundle bundle;
  if (!bundle.ParseFromArray(data, static_cast<int>(size))) return 0;
  tamga::v1::TreatyOffice office;
  office.set_state("KAZ");
  office.add_keys(std::string(64, 'a'));
  office.set_threshold(1);
  const tamga::treaty::IntakeRules rules{{{"KAZ", office}}, absl::Minutes(2), "KAZ"};
  for (const auto on_fault : {tamga::treaty::OnFault::kRefuseAll, tamga::treaty::OnFault::kTakeTheRest}) {
    const auto intake = tamga::treaty::TakeIn({}, {}, bundle, rules, on_fault);
    // Nobody has signed anything.
    TAMGA_CHECK(!intake.ok() || intake->news.acts.empty());
    TAMGA_CHECK(!intake.ok() || intake->taken == intake->news.texts.size());
  }
  return 0;
}
