// Treaties: whose acts they are, and whether the texts that entries rely on were in force.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/text.h"
#include "node/evidence/checks.h"
#include "node/treaty/holdings.h"
#include "node/treaty/treaty_folder.h"
#include "policy/treaty_document.h"

namespace tamga::evidence {
namespace {

// What nodes allow for between their clocks unless they are told otherwise (max_clock_skew_s).
constexpr absl::Duration kSkew = absl::Seconds(120);

constexpr char kTreaties[] = "the treaty texts and acts are their States'";

// SHA-256 (32 bytes) of the texts that acts and entries name. Whose acts those are, and whether the logs prove the
// entries, is told apart from this.
std::set<std::string> NamedBy(const v1::EvidenceBundle& bundle) {
  std::set<std::string> named;
  for (const v1::SignedAct& act : bundle.treaties().acts()) {
    const absl::StatusOr<v1::Instrument> instrument = policy::ReadInstrument(act.instrument(), "act");
    const v1::DocumentReference* text = instrument.ok() ? treaty::NamedText(*instrument) : nullptr;
    if (text != nullptr) named.insert(HexDecode(text->sha256()).value_or(""));
  }
  for (const v1::ExchangeEvidence& exchange : bundle.exchanges()) {
    for (const v1::EntryEvidence& evidence : exchange.entries()) {
      v1::LogEntry entry;
      if (entry.ParseFromString(evidence.entry())) named.insert(entry.treaty_sha256());
    }
  }
  return named;
}

// Texts that nothing names: an altered one is among them, whatever it was before.
std::vector<std::string> UnnamedTexts(const treaty::TreatySources& sources, const std::set<std::string>& named) {
  std::vector<std::string> unnamed;
  const auto add = [&](const std::string& id, const std::string& sha256) {
    if (named.count(sha256) == 0) unnamed.push_back(absl::StrCat(id, " with the SHA-256 ", HexEncode(sha256)));
  };
  for (const policy::TreatyDocument& document : sources.treaties) add(document.treaty.id(), document.sha256);
  for (const policy::OverlayDocument& document : sources.overlays) add(document.overlay.id(), document.sha256);
  return unnamed;
}

// What keeps the texts and acts as a whole from being shown; "" if nothing does.
std::string WhyNotShown(const v1::EvidenceBundle& bundle, const treaty::TreatyLibrary& library,
                        const std::vector<std::string>& unnamed) {
  if (library.registers.empty()) return "no act of a State whose office was given (--office) is in the bundle";
  std::set<std::string> without_office;
  for (const v1::SignedAct& act : bundle.treaties().acts()) {
    if (library.registers.count(act.state()) == 0) without_office.insert(act.state());
  }
  if (!without_office.empty()) {
    return absl::StrCat("no treaty office was given (--office) for the acts of ", absl::StrJoin(without_office, ", "));
  }
  if (unnamed.empty()) return "";
  return absl::StrCat("no act and no entry in the bundle names the text of ", absl::StrJoin(unnamed, ", nor that of "),
                      ": it was altered, or is a proposal");
}

std::string WhyMissing(const v1::LogEntry& entry, const treaty::TreatyLibrary& library) {
  std::vector<std::string> others;
  for (const policy::TreatyDocument* document : library.standing->Treaties()) {
    if (document->treaty.id() == entry.treaty_id()) others.push_back(HexEncode(document->sha256));
  }
  const std::string missing = absl::StrCat("it has the SHA-256 ", HexEncode(entry.treaty_sha256()),
                                           ", and the bundle does not hold a text with this hash");
  if (others.empty()) return missing;
  return absl::StrCat(missing, "; its texts of ", entry.treaty_id(), " have ", absl::StrJoin(others, ", "),
                      ": other versions, or altered ones");
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

void CheckText(const ProvenEntry& proven, const absl::StatusOr<treaty::TreatyLibrary>& library, Findings& findings) {
  const v1::LogEntry& entry = proven.entry;
  if (entry.treaty_sha256().empty()) return;
  const std::string text = absl::StrCat("the text of ", entry.treaty_id(), " that ", NameOf(proven), " cites");
  if (!library.ok()) {
    findings.NotVerifiable(absl::StrCat(text, " is in force"), std::string(library.status().message()));
    return;
  }
  if (!HoldsText(*library, entry.treaty_sha256())) {
    findings.NotVerifiable(absl::StrCat(text, " is at hand"), WhyMissing(entry, *library));
    return;
  }
  findings.Verified(absl::StrCat(text, " is at hand"));
  if (entry.outcome() != v1::ENTRY_OUTCOME_PERMITTED) return;
  const std::string what = absl::StrCat(text, " was in force between the two States");
  if (const std::string missing = MissingActs(*library, entry.own(), entry.partner()); !missing.empty()) {
    findings.NotVerifiable(what, missing);
    return;
  }
  findings.Shown(what, IsInForce(*library, proven), "by the acts of the two States it was not");
}

}  // namespace

bool HoldsText(const treaty::TreatyLibrary& library, absl::string_view sha256) {
  for (const policy::TreatyDocument* document : library.standing->Treaties()) {
    if (document->sha256 == sha256) return true;
  }
  return false;
}

std::string MissingActs(const treaty::TreatyLibrary& library, const std::string& agency, const std::string& other) {
  for (const std::string& state : {StateOf(agency), StateOf(other)}) {
    if (library.registers.count(state) > 0) continue;
    return absl::StrCat("acts of ", state, ", or its treaty office (--office), are missing");
  }
  return "";
}

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
  const std::vector<std::string> unnamed = UnnamedTexts(*sources, NamedBy(bundle));
  const std::string held = HexEncode(treaty::DigestOf(treaty::HoldingsOf(*sources, anchors.offices)));
  absl::StatusOr<treaty::TreatyLibrary> library = treaty::BuildLibrary(*std::move(sources), anchors.offices, kSkew, "");
  if (!library.ok()) {
    findings.Contradicted(kTreaties, std::string(library.status().message()));
    return absl::FailedPreconditionError("the bundle's treaties do not verify");
  }
  for (const std::string& finding : library->findings) findings.NotVerifiable("a treaty text or act", finding);
  // The same as policy_sha256 of the entry by which a node says what it decides by.
  const std::string together = absl::StrCat("together they have the SHA-256 ", held);
  if (const std::string why = WhyNotShown(bundle, *library, unnamed); !why.empty()) {
    findings.NotVerifiable(kTreaties, absl::StrCat(together, "; ", why));
  } else {
    findings.Verified(kTreaties, together);
  }
  return library;
}

void CheckReliance(const std::vector<ProvenEntry>& entries, const absl::StatusOr<treaty::TreatyLibrary>& library,
                   Findings findings) {
  for (const ProvenEntry& proven : entries) {
    if (RecordsMessage(proven.entry.kind()) && !proven.is_receipt) CheckText(proven, library, findings);
  }
}

}  // namespace tamga::evidence
