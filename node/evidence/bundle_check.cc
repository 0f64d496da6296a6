#include "node/evidence/bundle_check.h"

#include "node/base/encoding.h"
#include "node/base/uuid.h"
#include "node/evidence/checks.h"

namespace tamga::evidence {

std::vector<Finding> CheckBundle(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                 const std::vector<v1::SealedMessage>& opened) {
  std::vector<Finding> found;
  CheckLogs(bundle, anchors, Findings("", &found));
  const absl::StatusOr<treaty::TreatyLibrary> library = CheckTreaties(bundle, anchors, Findings("", &found));
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    const bool has_name = IsUuidV7(exchange.exchange_id());
    const Findings findings(has_name ? FormatUuid(exchange.exchange_id()) : HexEncode(exchange.exchange_id()), &found);
    const std::vector<ProvenEntry> entries = CheckEntries(exchange, anchors, findings);
    CheckAgreement(entries, findings);
    CheckMessages(exchange, entries, anchors, opened, findings);
    CheckDecisions(exchange, entries, library, findings);
  }
  if (bundle.exchanges().empty()) Findings("", &found).NotVerifiable("exchanges", "the bundle holds none");
  return found;
}

}  // namespace tamga::evidence
