// Decisions: whether they are those that the entries record, and whether the texts lead to them.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "node/base/uuid.h"
#include "node/evidence/checks.h"
#include "policy/what_if.h"

namespace tamga::evidence {
namespace {

std::string NameOf(const v1::DecisionRecord& decision) {
  return absl::StrCat("the decision at ",
                      absl::StripPrefix(v1::ExchangeStage_Name(decision.stage()), "EXCHANGE_STAGE_"), " (",
                      decision.reason(), ")");
}

// One entry of the stage that fits is enough: a request that came in again is decided again.
void CheckIsLogged(const v1::ExchangeEvidence& exchange, const v1::DecisionRecord& decision,
                   const std::vector<ProvenEntry>& entries, Findings& findings) {
  const std::string what = absl::StrCat(NameOf(decision), " is about what the entries record");
  if (!IsUuidV7(exchange.exchange_id()) || decision.exchange_id() != FormatUuid(exchange.exchange_id())) {
    findings.Contradicted(what, "it is about another exchange");
    return;
  }
  std::string difference;
  for (const ProvenEntry& proven : entries) {
    if (!RecordsDecision(proven.entry.kind(), decision.stage())) continue;
    const std::string of_this = DifferenceOf(proven.entry, decision);
    if (of_this.empty()) {
      findings.Verified(what);
      return;
    }
    if (difference.empty()) difference = absl::StrCat(NameOf(proven), ": ", of_this);
  }
  if (difference.empty()) {
    findings.NotVerifiable(what, "no entry of that stage of the exchange is proven here");
  } else {
    findings.Contradicted(what, difference);
  }
}

void CheckOutcome(const v1::DecisionRecord& decision, const absl::StatusOr<treaty::TreatyLibrary>& library,
                  Findings& findings) {
  const std::string what = absl::StrCat(NameOf(decision), " comes out the same again");
  if (!library.ok()) {
    findings.NotVerifiable(what, std::string(library.status().message()));
    return;
  }
  const absl::StatusOr<std::string> text = HexDecode(decision.treaty_sha256());
  if (!text.ok() || (!text->empty() && !HoldsText(*library, *text))) {
    findings.NotVerifiable(what, "the bundle does not hold the text by which it was taken");
    return;
  }
  if (const std::string missing = MissingActs(*library, decision.asker(), decision.answerer()); !missing.empty()) {
    findings.NotVerifiable(what, missing);
    return;
  }
  const policy::Redecision again = policy::DecideAgain(*library->set, decision);
  findings.Shown(what, again.flip == policy::Flip::kNone,
                 absl::StrCat("it was ", again.before, " and is now ", again.after));
}

}  // namespace

void CheckDecisions(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                    const absl::StatusOr<treaty::TreatyLibrary>& library, Findings findings) {
  for (const v1::DecisionRecord& decision : exchange.decisions()) {
    CheckIsLogged(exchange, decision, entries, findings);
    CheckOutcome(decision, library, findings);
  }
  const bool expects_decisions =
      entries.empty() || std::any_of(entries.begin(), entries.end(), [](const ProvenEntry& entry) {
        return RecordsMessage(entry.entry.kind()) || entry.entry.kind() == v1::ENTRY_KIND_WITHHELD;
      });
  if (exchange.decisions().empty() && expects_decisions) {
    findings.NotVerifiable("decisions", "the bundle holds none: they are erased, or kept from other States' auditors");
  }
}

}  // namespace tamga::evidence
