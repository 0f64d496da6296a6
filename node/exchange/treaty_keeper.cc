#include "node/exchange/treaty_keeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/dischargeable.h"
#include "node/exchange/refusal.h"
#include "node/treaty/foresight.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::exchange {
namespace {

constexpr char kRecordKind[] = "treaty-holdings";
constexpr char kRecordId[] = "last";

absl::Status RolledBack(const std::string& folder, absl::string_view what) {
  return Error(
      absl::StatusCode::kFailedPrecondition, "TREATY_ROLLED_BACK",
      absl::StrCat(folder, " is not what this node decided by before: ", what,
                   "; restore its newest backup, or copy into it what another node holds: tamga treaty export"));
}

// What was held before must be there still. A State whose office is no longer configured is not looked at: that is the
// operator's decision, not the folder's.
absl::Status CheckGoesOn(const std::string& folder, const v1::TreatyHoldings& before, const treaty::Offices& offices,
                         const std::map<std::string, policy::Register>& registers,
                         const treaty::TreatySources& sources) {
  for (const v1::RegisterHead& head : before.heads()) {
    const auto office = offices.find(head.state());
    if (office == offices.end()) continue;
    const auto found = registers.find(head.state());
    ASSIGN_OR_RETURN(const policy::Register none, policy::Register::Create(office->second));
    const absl::Status goes_on =
        policy::CheckContinues(found == registers.end() ? none : found->second, {head.number(), head.sha256()});
    if (!goes_on.ok()) return RolledBack(folder, goes_on.message());
  }
  const std::set<std::string> named = treaty::NamedTexts(registers);
  for (const std::string& sha256 : before.text_sha256()) {
    if (sources.texts.count(sha256) > 0 || named.count(sha256) == 0) continue;
    return RolledBack(folder, absl::StrCat("the text with SHA-256 ", HexEncode(sha256),
                                           " is missing, which an act is "
                                           "about"));
  }
  return absl::OkStatus();
}

// Heads of States whose office is not configured at present are remembered on.
v1::TreatyHoldings WithEarlierHeads(v1::TreatyHoldings now, const v1::TreatyHoldings& before) {
  std::set<std::string> states;
  for (const v1::RegisterHead& head : now.heads()) states.insert(head.state());
  for (const v1::RegisterHead& head : before.heads()) {
    if (states.count(head.state()) == 0) *now.add_heads() = head;
  }
  return now;
}

absl::StatusOr<v1::TreatyHoldings> ParseRemembered(const store::Record& record) {
  v1::TreatyHoldings holdings;
  if (holdings.ParseFromString(record.body)) return holdings;
  return absl::DataLossError("the record of the treaties held last is unreadable; restore the newest backup");
}

void Alarm(const absl::Status& status, const BroughtBy& by) {
  const std::string reason = ReasonOf(status);
  Log(Severity::kError, "treaties refused",
      {{"brought_by", by.agency},
       {"reason", reason.empty() ? absl::StatusCodeToString(status.code()) : reason},
       {"detail", std::string(status.message())}});
}

}  // namespace

TreatyKeeper::TreatyKeeper(TreatyKeeperParts parts, treaty::TreatySources sources) : parts_(std::move(parts)) {
  SetHeld(std::move(sources));
}

absl::StatusOr<std::unique_ptr<TreatyKeeper>> TreatyKeeper::Open(TreatyKeeperParts parts,
                                                                 treaty::TreatySources sources) {
  std::unique_ptr<TreatyKeeper> keeper(new TreatyKeeper(std::move(parts), std::move(sources)));
  RETURN_IF_ERROR(keeper->CompareWithLastTime());
  return keeper;
}

absl::Status TreatyKeeper::CompareWithLastTime() {
  MutexLock lock(taking_);
  const auto held = GetHeld();
  ASSIGN_OR_RETURN(const store::Record record, ReadRemembered());
  if (record.version == 0) {
    // The first start is no change: from here on it would be one.
    return parts_.sequencer.Commit(
        parts_.records.Put(kRecordKind, kRecordId, 0, held->holdings.SerializeAsString(), parts_.clock.Now()));
  }
  ASSIGN_OR_RETURN(const v1::TreatyHoldings before, ParseRemembered(record));
  RETURN_IF_ERROR(
      CheckGoesOn(parts_.folder, before, parts_.rules.offices, parts_.treaties.Get()->registers, held->sources));
  const v1::TreatyHoldings now = WithEarlierHeads(held->holdings, before);
  // The node was stopped between writing the folder and the log, or the operator has put files there.
  if (treaty::DigestOf(now) == treaty::DigestOf(before)) return absl::OkStatus();
  return LogChange(now, record, {parts_.own_agency, ""}).status();
}

std::shared_ptr<const TreatyKeeper::Held> TreatyKeeper::GetHeld() const {
  MutexLock lock(mutex_);
  return held_;
}

void TreatyKeeper::SetHeld(treaty::TreatySources sources) {
  auto held = std::make_shared<Held>();
  held->holdings = treaty::HoldingsOf(sources, parts_.rules.offices);
  held->sources = std::move(sources);
  MutexLock lock(mutex_);
  held_ = std::move(held);
}

absl::StatusOr<store::Record> TreatyKeeper::ReadRemembered() const {
  absl::StatusOr<store::Record> record = parts_.records.Get(kRecordKind, kRecordId);
  if (absl::IsNotFound(record.status())) return store::Record();
  return record;
}

absl::StatusOr<v1::LogPosition> TreatyKeeper::LogChange(const v1::TreatyHoldings& holdings,
                                                        const store::Record& remembered, const BroughtBy& by) {
  const absl::Time now = parts_.clock.Now();
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_TREATIES_CHANGED);
  entry.set_exchange_id(by.exchange_id.empty() ? NewUuidV7(now, parts_.rng) : by.exchange_id);
  entry.set_own(parts_.own_agency);
  entry.set_partner(by.agency);
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_purpose(v1::PURPOSE_TREATY_ADMINISTRATION);
  entry.set_record_kind(v1::RECORD_KIND_TREATY);
  entry.set_policy_sha256(treaty::DigestOf(holdings));
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects =
      parts_.records.Put(kRecordKind, kRecordId, remembered.version, holdings.SerializeAsString(), now);
  ASSIGN_OR_RETURN(const ledger::Appended appended, parts_.sequencer.Append(std::move(submission)));
  v1::LogPosition position;
  position.set_origin(parts_.log_origin);
  position.set_index(appended.index);
  return position;
}

treaty::IntakeRules TreatyKeeper::RulesFor(const BroughtBy& by) const {
  treaty::IntakeRules rules = parts_.rules;
  if (by.agency == parts_.own_agency) rules.most_proposals = treaty::kMostProposals;
  return rules;
}

absl::StatusOr<TakenOver> TreatyKeeper::Take(const v1::TreatyBundle& bundle, const BroughtBy& by,
                                             treaty::OnFault on_fault) {
  if (bundle.treaties_size() + bundle.overlays_size() > static_cast<int>(treaty::kMostBundleTexts)) {
    return Error(absl::StatusCode::kInvalidArgument, "TOO_MANY_TEXTS",
                 absl::StrCat("the bundle has more than ", treaty::kMostBundleTexts, " texts; send it in parts"));
  }
  // Not under the lock: it takes long, and a treaty office that suspends a treaty is not to wait for it.
  const absl::Status worked =
      treaty::WorkAhead(GetHeld()->sources, *parts_.treaties.Get(), bundle, RulesFor(by), on_fault,
                        by.comes_again ? treaty::WhenBusy::kComeAgain : treaty::WhenBusy::kWait);
  if (!worked.ok()) {
    Alarm(worked, by);
    return worked;
  }
  MutexLock lock(taking_);
  absl::StatusOr<TakenOver> taken = TakeLocked(bundle, by, on_fault);
  if (!taken.ok()) {
    Alarm(taken.status(), by);
    return taken;
  }
  for (const absl::Status& refused : taken->refused) Alarm(refused, by);
  return taken;
}

absl::StatusOr<TakenOver> TreatyKeeper::TakeLocked(const v1::TreatyBundle& bundle, const BroughtBy& by,
                                                   treaty::OnFault on_fault) {
  const auto held = GetHeld();
  const auto current = parts_.treaties.Get();
  ASSIGN_OR_RETURN(treaty::Intake intake, treaty::TakeIn(held->sources, *current, bundle, RulesFor(by), on_fault));
  TakenOver taken;
  taken.refused = std::move(intake.refused);
  taken.count = intake.taken;
  taken.holdings = held->holdings;
  if (intake.taken == 0) return taken;

  ASSIGN_OR_RETURN(const store::Record remembered, ReadRemembered());
  ASSIGN_OR_RETURN(const v1::TreatyHoldings before, ParseRemembered(remembered));
  RETURN_IF_ERROR(CheckGoesOn(parts_.folder, before, parts_.rules.offices, intake.library.registers, intake.sources));
  RETURN_IF_ERROR(treaty::AddToTreatyFolder(parts_.folder, intake.news));
  TAMGA_FAILPOINT("treaties.written");
  taken.holdings = treaty::HoldingsOf(intake.sources, parts_.rules.offices);
  ASSIGN_OR_RETURN(taken.own_log, LogChange(WithEarlierHeads(taken.holdings, before), remembered, by));
  TAMGA_FAILPOINT("treaties.logged");

  for (const std::string& finding : intake.library.findings) {
    const auto& known = current->findings;
    if (std::find(known.begin(), known.end(), finding) == known.end()) taken.findings.push_back(finding);
  }
  parts_.treaties.Replace(std::move(intake.library));
  SetHeld(std::move(intake.sources));
  parts_.changed();
  Log(Severity::kInfo, "treaties changed", {{"brought_by", by.agency}, {"count", static_cast<int64_t>(taken.count)}});
  for (const std::string& finding : taken.findings) {
    Log(Severity::kWarning, "treaty act or text without effect", {{"detail", finding}});
  }
  return taken;
}

v1::TreatyHoldings TreatyKeeper::Holdings() const { return GetHeld()->holdings; }

treaty::Lack TreatyKeeper::LackOf(const v1::TreatyHoldings& theirs) const {
  return treaty::LackOf(GetHeld()->sources, theirs, treaty::kMostBundleBytes);
}

treaty::Lack TreatyKeeper::LackOfAll(v1::TreatyHoldings theirs) const {
  std::set<std::string> named;
  for (const v1::RegisterHead& head : theirs.heads()) named.insert(head.state());
  for (const auto& [state, unused] : parts_.rules.offices) {
    if (named.count(state) == 0) theirs.add_heads()->set_state(state);
  }
  return LackOf(theirs);
}

v1::TreatyBundle TreatyKeeper::Everything() const {
  v1::TreatyBundle everything;
  v1::TreatyHoldings told;
  while (true) {
    const treaty::Lack lack = LackOfAll(told);
    everything.MergeFrom(lack.bundle);
    treaty::AddToHoldings(lack.bundle, &told);
    if (!lack.more || lack.bundle.ByteSizeLong() == 0) return everything;
  }
}

absl::Status TreatyKeeper::CheckMayAsk(const std::string& agency, v1::Operation operation) const {
  policy::Question question;
  question.asker = parts_.own_agency;
  question.answerer = agency;
  question.record_kind = v1::RECORD_KIND_TREATY;
  question.operation = operation;
  question.purpose = v1::PURPOSE_TREATY_ADMINISTRATION;
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 1);
  question.dischargeable = kDischargeable;
  const policy::Decision decision =
      parts_.treaties.Get()->set->Decide(question, policy::Stage::kRequestEgress, parts_.clock.Now());
  return decision.permitted ? absl::OkStatus() : DenialToCaller(decision);
}

}  // namespace tamga::exchange
