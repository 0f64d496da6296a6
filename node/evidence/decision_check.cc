// Treaties and decisions.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/evidence/checks.h"
#include "node/treaty/holdings.h"
#include "node/treaty/treaty_folder.h"
#include "policy/what_if.h"

namespace tamga::evidence {
namespace {

// What nodes allow for between their clocks unless they are told otherwise (max_clock_skew_s).
constexpr absl::Duration kSkew = absl::Seconds(120);

constexpr char kTreaties[] = "the treaty texts and acts are their States'";

bool RecordsMessage(v1::EntryKind kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_RECEIVED || kind == v1::ENTRY_KIND_ANSWERED ||
         kind == v1::ENTRY_KIND_DELIVERED;
}

bool IsAskers(v1::EntryKind kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_DELIVERED || kind == v1::ENTRY_KIND_WITHHELD;
}

bool Holds(const treaty::TreatyLibrary& library, absl::string_view sha256) {
  for (const policy::TreatyDocument* document : library.standing->Treaties()) {
    if (document->sha256 == sha256) return true;
  }
  return false;
}

bool IsInForce(const treaty::TreatyLibrary& library, const ProvenEntry& proven) {
  const v1::LogEntry& entry = proven.entry;
  const std::string own = StateOf(entry.own()), partner = StateOf(entry.partner());
  const policy::PairLaw law =
      IsAskers(entry.kind()) ? library.standing->LawBetween(own, partner) : library.standing->LawBetween(partner, own);
  const absl::Time at = FromProto(entry.logged_at());
  for (const policy::TreatyLaw& treaty : law.treaties) {
    if (treaty.document->sha256 != entry.treaty_sha256() || treaty.document->treaty.id() != entry.treaty_id()) continue;
    for (const policy::Span& span : treaty.grants) {
      if (span.from <= at && at < span.until) return true;
    }
  }
  return false;
}

void CheckReliance(const ProvenEntry& proven, const absl::StatusOr<treaty::TreatyLibrary>& library,
                   Findings& findings) {
  const v1::LogEntry& entry = proven.entry;
  if (entry.treaty_sha256().empty()) return;
  const std::string text = absl::StrCat("the text of ", entry.treaty_id(), " that ", NameOf(proven), " cites");
  if (!library.ok()) {
    findings.NotVerifiable(absl::StrCat(text, " is in force"), std::string(library.status().message()));
    return;
  }
  if (!Holds(*library, entry.treaty_sha256())) {
    findings.NotVerifiable(absl::StrCat(text, " is at hand"), "the bundle does not hold a text with this hash");
    return;
  }
  findings.Verified(absl::StrCat(text, " is at hand"));
  if (entry.outcome() != v1::ENTRY_OUTCOME_PERMITTED) return;
  const std::string what = absl::StrCat(text, " was in force between the two States");
  for (const std::string& agency : {entry.own(), entry.partner()}) {
    if (library->registers.count(StateOf(agency)) > 0) continue;
    findings.NotVerifiable(what, absl::StrCat("acts of ", StateOf(agency),
                                              ", or its treaty office (--office), are "
                                              "missing"));
    return;
  }
  findings.Shown(what, IsInForce(*library, proven), "by the acts of the two States it was not");
}

std::string NameOf(const v1::DecisionRecord& decision) {
  return absl::StrCat("the decision at ",
                      absl::StripPrefix(v1::ExchangeStage_Name(decision.stage()), "EXCHANGE_STAGE_"), " (",
                      decision.reason(), ")");
}

// Whether the entry is about what was decided.
bool IsAbout(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  const std::string& asker = IsAskers(entry.kind()) ? entry.own() : entry.partner();
  const std::string& answerer = IsAskers(entry.kind()) ? entry.partner() : entry.own();
  return FormatUuid(entry.exchange_id()) == decision.exchange_id() && asker == decision.asker() &&
         answerer == decision.answerer() && entry.operation() == decision.operation() &&
         entry.record_kind() == decision.record_kind() && entry.purpose() == decision.purpose();
}

void CheckDecision(const v1::DecisionRecord& decision, const std::vector<ProvenEntry>& entries,
                   const absl::StatusOr<treaty::TreatyLibrary>& library, Findings& findings) {
  const std::string logged = absl::StrCat(NameOf(decision), " is about what the entries record");
  const bool is_logged = std::any_of(entries.begin(), entries.end(),
                                     [&](const ProvenEntry& proven) { return IsAbout(proven.entry, decision); });
  if (entries.empty()) {
    findings.NotVerifiable(logged, "no entry of the exchange is proven here");
  } else {
    findings.Shown(logged, is_logged,
                   "no proven entry of the exchange is about the same parties, operation and purpose");
  }
  const std::string what = absl::StrCat(NameOf(decision), " comes out the same again");
  if (!library.ok()) {
    findings.NotVerifiable(what, std::string(library.status().message()));
    return;
  }
  const absl::StatusOr<std::string> text = HexDecode(decision.treaty_sha256());
  if (!text.ok() || (!text->empty() && !Holds(*library, *text))) {
    findings.NotVerifiable(what, "the bundle does not hold the text by which it was taken");
    return;
  }
  const policy::Redecision again = policy::DecideAgain(*library->set, decision);
  findings.Shown(what, again.flip == policy::Flip::kNone,
                 absl::StrCat("it was ", again.before, " and is now ", again.after));
}

}  // namespace

absl::StatusOr<treaty::TreatyLibrary> CheckTreaties(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                                    Findings findings) {
  absl::StatusOr<treaty::TreatySources> sources = treaty::SourcesOf(bundle.treaties());
  if (!sources.ok()) {
    findings.Contradicted(kTreaties, std::string(sources.status().message()));
    return absl::FailedPreconditionError("the bundle's treaties cannot be read");
  }
  if (anchors.offices.empty()) {
    findings.NotVerifiable(kTreaties, "no treaty office was given (--office)");
    return absl::FailedPreconditionError("no treaty office was given (--office)");
  }
  const std::string held = HexEncode(treaty::DigestOf(treaty::HoldingsOf(*sources, anchors.offices)));
  absl::StatusOr<treaty::TreatyLibrary> library = treaty::BuildLibrary(*std::move(sources), anchors.offices, kSkew, "");
  if (!library.ok()) {
    findings.Contradicted(kTreaties, std::string(library.status().message()));
    return absl::FailedPreconditionError("the bundle's treaties do not verify");
  }
  for (const std::string& finding : library->findings) findings.NotVerifiable("a treaty text or act", finding);
  // The same as policy_sha256 of the entry by which a node says what it decides by.
  findings.Verified(kTreaties, absl::StrCat("together they have the SHA-256 ", held));
  return library;
}

void CheckDecisions(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                    const absl::StatusOr<treaty::TreatyLibrary>& library, Findings findings) {
  for (const ProvenEntry& proven : entries) {
    if (RecordsMessage(proven.entry.kind()) && !proven.is_receipt) CheckReliance(proven, library, findings);
  }
  for (const v1::DecisionRecord& decision : exchange.decisions()) CheckDecision(decision, entries, library, findings);
  if (exchange.decisions().empty()) {
    findings.NotVerifiable("decisions", "the bundle holds none: they are erased, or kept from other States' auditors");
  }
}

}  // namespace tamga::evidence
