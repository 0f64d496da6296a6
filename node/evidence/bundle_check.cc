#include "node/evidence/bundle_check.h"

#include "node/base/encoding.h"
#include "node/base/uuid.h"
#include "node/evidence/checks.h"

namespace tamga::evidence {

namespace {

std::string NameOf(const v1::ExchangeEvidence& exchange) {
  return IsUuidV7(exchange.exchange_id()) ? FormatUuid(exchange.exchange_id()) : HexEncode(exchange.exchange_id());
}

}  // namespace

std::vector<Finding> CheckBundle(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                 const std::vector<v1::SealedMessage>& opened) {
  std::vector<Finding> found;
  SignedLogs logs = CheckLogs(bundle, anchors, Findings("", &found));
  CheckWitnesses(bundle, anchors, Findings("", &found));
  // All proofs come before what is said of any exchange: each log is one, whatever exchange its entries are of.
  std::vector<std::vector<ProvenEntry>> entries;
  std::vector<std::vector<Finding>> of_entries;
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    entries.push_back(CheckEntries(exchange, anchors, logs, Findings(NameOf(exchange), &of_entries.emplace_back())));
  }
  CheckContradictions(bundle, anchors, logs, Findings("", &found));
  CheckGrowth(logs, Findings("", &found));
  const Stampings stampings = CheckTimestamps(bundle, anchors, logs, Findings("", &found));
  const absl::StatusOr<treaty::TreatyLibrary> library = CheckTreaties(bundle, anchors, Findings("", &found));
  const RevocationLists revocations(bundle, Findings("", &found));
  for (int i = 0; i < bundle.exchanges_size(); ++i) {
    const v1::ExchangeEvidence& exchange = bundle.exchanges(i);
    const std::vector<ProvenEntry>& proven = entries[static_cast<size_t>(i)];
    const std::vector<Finding>& of_proofs = of_entries[static_cast<size_t>(i)];
    found.insert(found.end(), of_proofs.begin(), of_proofs.end());
    const Findings findings(NameOf(exchange), &found);
    CheckTies(proven, logs, anchors, findings);
    CheckStamped(proven, stampings, logs, findings);
    CheckAgreement(proven, findings);
    CheckMessages(exchange, proven, anchors, revocations, opened, findings);
    CheckReliance(proven, library, findings);
    CheckDecisions(exchange, proven, library, findings);
  }
  if (bundle.exchanges().empty()) Findings("", &found).NotVerifiable("exchanges", "the bundle holds none");
  return found;
}

}  // namespace tamga::evidence
