// Decisions: whether they are those that the entries record, and whether the texts lead to them.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "node/base/uuid.h"
#include "node/evidence/checks.h"
#include "policy/what_if.h"

namespace tamga::evidence {
namespace {

constexpr v1::ExchangeStage kStages[] = {v1::EXCHANGE_STAGE_REQUEST_EGRESS, v1::EXCHANGE_STAGE_REQUEST_INGRESS,
                                         v1::EXCHANGE_STAGE_REPLY_EGRESS, v1::EXCHANGE_STAGE_REPLY_INGRESS};

std::string NameOf(v1::ExchangeStage stage) {
  return absl::StrCat("the decision at ", absl::StripPrefix(v1::ExchangeStage_Name(stage), "EXCHANGE_STAGE_"));
}

std::string NameOf(const v1::DecisionRecord& decision) {
  return absl::StrCat(NameOf(decision.stage()), " (", decision.reason(), ")");
}

// The agency whose node decides at that stage.
const std::string& DeciderOf(const v1::DecisionRecord& decision) {
  const bool is_askers =
      decision.stage() == v1::EXCHANGE_STAGE_REQUEST_EGRESS || decision.stage() == v1::EXCHANGE_STAGE_REPLY_INGRESS;
  return is_askers ? decision.asker() : decision.answerer();
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

// Whether the entry came of a decision at the stage that its node keeps. A request that came in again has that of the
// first, and a refused reply may be of the request's.
bool HasDecision(const v1::LogEntry& entry, v1::ExchangeStage stage) {
  if (!RecordsDecision(entry.kind(), stage) || entry.reason() == "REPEATED") return false;
  return stage != v1::EXCHANGE_STAGE_REPLY_EGRESS || entry.outcome() == v1::ENTRY_OUTCOME_PERMITTED;
}

// Decisions that entries record and the bundle lacks. Whoever is told none of a node's decisions is told so once; whom
// a node told some, it told all that it keeps. A receipt comes from the other side, with none.
void CheckMissing(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries, Findings& findings) {
  std::set<std::string> deciders;
  std::set<std::pair<std::string, v1::ExchangeStage>> decided;
  for (const v1::DecisionRecord& decision : exchange.decisions()) {
    deciders.insert(DeciderOf(decision));
    decided.emplace(DeciderOf(decision), decision.stage());
  }
  std::set<std::string> silent;
  for (const ProvenEntry& proven : entries) {
    for (const v1::ExchangeStage stage : kStages) {
      if (proven.is_receipt || !HasDecision(proven.entry, stage)) continue;
      if (deciders.count(proven.agency) == 0) {
        if (!silent.insert(proven.agency).second) continue;
        findings.NotVerifiable(absl::StrCat("decisions of ", proven.agency),
                               "the bundle holds none: they are erased, or kept from other States' auditors");
      } else if (decided.emplace(proven.agency, stage).second) {
        findings.NotVerifiable(absl::StrCat(NameOf(stage), " that ", NameOf(proven), " records"),
                               "it is not in the bundle: it may be erased, or left out, or the answer to an earlier "
                               "request was given again");
      }
    }
  }
}

}  // namespace

void CheckDecisions(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                    const absl::StatusOr<treaty::TreatyLibrary>& library, Findings findings) {
  for (const v1::DecisionRecord& decision : exchange.decisions()) {
    CheckIsLogged(exchange, decision, entries, findings);
    CheckOutcome(decision, library, findings);
  }
  if (!exchange.decisions().empty()) {
    CheckMissing(exchange, entries, findings);
    return;
  }
  const bool expects_decisions =
      entries.empty() || std::any_of(entries.begin(), entries.end(), [](const ProvenEntry& entry) {
        return RecordsMessage(entry.entry.kind()) || entry.entry.kind() == v1::ENTRY_KIND_WITHHELD;
      });
  if (expects_decisions) {
    findings.NotVerifiable("decisions", "the bundle holds none: they are erased, or kept from other States' auditors");
  }
}

}  // namespace tamga::evidence
