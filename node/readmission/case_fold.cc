#include "node/readmission/case_fold.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/readmission/case_guards.h"
#include "node/readmission/case_machine.h"

namespace tamga::readmission {
namespace {

// A node that runs takes note of what the clock did within this time.
constexpr absl::Duration kPromptly = absl::Minutes(1);

using Articles = google::protobuf::RepeatedPtrField<std::string>;

bool IsRequesting(const v1::ReadmissionFile& file, const std::string& agency) {
  return agency == file.requesting_agency();
}

const std::string& AgencyOf(const v1::ReadmissionFile& file, bool requesting) {
  return requesting ? file.requesting_agency() : file.requested_agency();
}

std::string NameOfExpiry(v1::OnExpiry on_expiry) {
  return std::string(absl::StripPrefix(v1::OnExpiry_Name(on_expiry), "ON_EXPIRY_"));
}

Articles ArticlesOf(const policy::ReadmissionTerms& terms, v1::ReadmissionStepKind kind, const v1::TimeLimit* limit) {
  Articles articles;
  if (const v1::StepRule* rule = terms.FindStep(kind)) articles = rule->cites();
  if (limit == nullptr) return articles;
  for (const std::string& article : limit->cites()) {
    if (std::find(articles.begin(), articles.end(), article) == articles.end()) *articles.Add() = article;
  }
  return articles;
}

void DescribeStep(const v1::FiledStep& filed, bool is_own, v1::ReadmissionEvent* event) {
  event->set_exchange_id(filed.exchange_id());
  event->set_refusal_code(filed.step().refusal_code());
  event->set_reasons(filed.failed() ? filed.failure() : filed.step().reasons());
  *event->mutable_step() = filed.step();
  if (filed.has_log()) *event->mutable_log() = filed.log();
  if (is_own) event->set_delivery(filed.delivery());
}

v1::ReadmissionEvent Describe(const CaseMachine& machine, const v1::ReadmissionFile& file, bool own_requests,
                              const CaseMachine::Event& event) {
  v1::ReadmissionEvent described;
  described.set_kind(event.kind);
  described.set_state(event.state);
  *described.mutable_at() = ToProto(event.at);
  described.set_overtaken(event.overtaken);
  *described.mutable_articles() = ArticlesOf(machine.terms(), event.kind, event.limit);
  if (event.by_requesting.has_value()) described.set_actor(AgencyOf(file, *event.by_requesting));
  if (event.filed != nullptr) DescribeStep(*event.filed, *event.by_requesting == own_requests, &described);
  if (event.kind == v1::READMISSION_STEP_KIND_RECEIVE) described.set_exchange_id(file.first().exchange_id());
  for (const v1::NoticedEvent& noticed : file.noticed()) {
    const bool is_same = noticed.kind() == event.kind && FromProto(noticed.at()) == event.at;
    const bool is_late = FromProto(noticed.noticed_at()) - event.at > kPromptly;
    if (is_same && is_late) *described.mutable_noticed_at() = noticed.noticed_at();
  }
  return described;
}

// What never reached the other side is told, and has no effect.
void AddFailed(const CaseMachine& machine, const v1::ReadmissionFile& file, bool own_requests,
               v1::ReadmissionCase* record) {
  for (const v1::FiledStep& filed : file.steps()) {
    if (!filed.failed()) continue;
    const CaseMachine::Event event = {filed.step().kind(),
                                      v1::READMISSION_STATE_NOT_DELIVERED,
                                      FromProto(filed.step().at()),
                                      filed.by_requesting(),
                                      &filed,
                                      nullptr,
                                      true};
    *record->add_history() = Describe(machine, file, own_requests, event);
  }
  std::stable_sort(record->mutable_history()->begin(), record->mutable_history()->end(),
                   [](const auto& a, const auto& b) { return FromProto(a.at()) < FromProto(b.at()); });
}

void AddClocks(const CaseMachine& machine, const v1::ReadmissionFile& file, absl::Time now,
               v1::ReadmissionCase* record) {
  for (const auto& [clock, running] : machine.clocks()) {
    const bool is_over = running.limit->on_expiry() == v1::ON_EXPIRY_BAR && running.due <= now;
    if (is_over) continue;
    v1::RunningClock& added = *record->add_clocks();
    added.set_limit_id(running.limit->id());
    *added.mutable_articles() = running.limit->cites();
    *added.mutable_due_at() = ToProto(running.due);
    *added.mutable_started_at() = ToProto(running.started);
    added.set_agency(AgencyOf(file, machine.StandsOnRequesting(clock)));
    added.set_on_expiry(NameOfExpiry(running.limit->on_expiry()));
    added.set_time_zone(running.limit->time_zone());
  }
  std::stable_sort(record->mutable_clocks()->begin(), record->mutable_clocks()->end(),
                   [](const auto& a, const auto& b) { return FromProto(a.due_at()) < FromProto(b.due_at()); });
}

std::vector<v1::ReadmissionStepKind> PossibleSteps(const CaseMachine& machine, bool requesting, absl::Time at) {
  std::vector<v1::ReadmissionStepKind> possible;
  if (machine.state() == v1::READMISSION_STATE_UNSPECIFIED) return possible;
  for (const v1::ReadmissionStepKind kind : StepsFrom(machine.state(), requesting)) {
    const CaseRow& row = *FindRow(machine.state(), kind);
    if (machine.JudgeKind(row, requesting, at) != Verdict::kEffective) continue;
    if (!HasProof(machine, row, at) || !CheckTreatyKnows(machine, kind).ok()) continue;
    possible.push_back(kind);
  }
  return possible;
}

// An ended case that its own records officer closed, or whose personal data are erased, is closed here, whatever the
// other side does with it.
void CloseByOffice(const v1::ReadmissionFile& file, const std::string& own_agency, v1::ReadmissionCase* record) {
  if (record->state() == v1::READMISSION_STATE_CLOSED) return;
  const bool is_closed = file.closed() && IsEnd(record->state());
  if (!is_closed && !file.has_erased_at()) return;
  record->set_state(v1::READMISSION_STATE_CLOSED);
  record->clear_clocks();
  record->clear_possible_steps();
  v1::ReadmissionEvent& event = *record->add_history();
  event.set_kind(v1::READMISSION_STEP_KIND_CLOSE);
  event.set_state(v1::READMISSION_STATE_CLOSED);
  event.set_actor(own_agency);
  *event.mutable_at() = file.has_closed_at() ? file.closed_at() : file.erased_at();
}

std::string HashOf(const CaseMachine& machine, const v1::ReadmissionFile& file) {
  std::string lines = absl::StrCat("tamga readmission history 1\n", file.case_id(), "\n");
  for (const CaseMachine::Event& event : machine.events()) {
    const char* side = !event.by_requesting.has_value() ? "clock" : *event.by_requesting ? "requesting" : "requested";
    absl::StrAppend(&lines, absl::ToUnixMicros(event.at), " ", side, " ",
                    event.filed == nullptr ? 0 : event.filed->step().number(), " ", NameOf(event.kind), " ",
                    NameOf(event.state), event.overtaken ? " overtaken\n" : "\n");
  }
  for (const auto& [clock, running] : machine.clocks()) {
    absl::StrAppend(&lines, "due ", running.limit->id(), " ", absl::ToUnixMicros(running.due), "\n");
  }
  return Sha256(lines);
}

// A withdrawal may have come before the receipt, and then nothing is due.
bool ReceiptDiffers(const CaseMachine& machine, const v1::ReadmissionFile& file) {
  if (!file.has_told_reply_due_at() || !machine.first_reply_due().has_value()) return false;
  return *machine.first_reply_due() != FromProto(file.told_reply_due_at());
}

absl::Time LastKnown(const v1::ReadmissionFile& file) {
  absl::Time last = absl::InfinitePast();
  const auto see = [&](const google::protobuf::Timestamp& at) { last = std::max(last, FromProto(at)); };
  if (file.has_first()) see(file.first().step().at());
  if (file.has_received_at()) see(file.received_at());
  for (const v1::FiledStep& filed : file.steps()) {
    if (filed.failed()) continue;
    see(filed.step().at());
    if (filed.has_received_at()) see(filed.received_at());
  }
  return last;
}

// To the microsecond, which is what the history counts in.
absl::Time TimeOfNext(const v1::ReadmissionFile& file, absl::Time now) {
  const absl::Time whole = absl::FromUnixMicros(absl::ToUnixMicros(now));
  return std::max(whole, LastKnown(file) + absl::Microseconds(1));
}

uint32_t CountSteps(const v1::ReadmissionFile& file, bool requesting) {
  uint32_t count = requesting && file.has_first() && !file.first().failed() ? 1 : 0;
  for (const v1::FiledStep& filed : file.steps()) {
    if (!filed.failed() && filed.by_requesting() == requesting) ++count;
  }
  return count;
}

// What the requested side received last: the application, or what was submitted again.
google::protobuf::Timestamp LastReceipt(const v1::ReadmissionFile& file) {
  google::protobuf::Timestamp last = file.received_at();
  for (const v1::FiledStep& filed : file.steps()) {
    if (!filed.failed() && filed.has_received_at()) last = filed.received_at();
  }
  return last;
}

absl::Status Illegal(const CaseMachine& machine, v1::ReadmissionState state, bool requesting, absl::Time at) {
  std::vector<std::string> allowed;
  if (state != v1::READMISSION_STATE_CLOSED) {
    for (const v1::ReadmissionStepKind kind : PossibleSteps(machine, requesting, at)) allowed.push_back(NameOf(kind));
  }
  const std::string steps = absl::StrJoin(allowed, ", ");
  const absl::string_view side = requesting ? "requesting" : "requested";
  return Error(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
               absl::StrCat("kind: the case is ", NameOf(state), "; the ", side, " side may take ",
                            steps.empty() ? "no step now" : steps),
               {{"state", NameOf(state)}, {"allowed", steps}});
}

absl::Status Late(const CaseMachine& machine, const CaseRow& row) {
  const CaseMachine::RunningLimit& bar = machine.clocks().at(row.barred_by);
  return Error(absl::StatusCode::kFailedPrecondition, "LATE",
               absl::StrCat("kind: ", NameOf(row.kind), " is possible until ", UtcText(bar.due), " only, under art. ",
                            absl::StrJoin(bar.limit->cites(), ", ")),
               {{"limit", bar.limit->id()}});
}

absl::Status CheckVerdict(const CaseMachine& machine, const CaseRow* row, Verdict verdict, bool requesting,
                          absl::Time at) {
  switch (verdict) {
    case Verdict::kEffective:
      return absl::OkStatus();
    case Verdict::kNotFrom:
      return Illegal(machine, machine.state(), requesting, at);
    case Verdict::kLate:
      return Late(machine, *row);
    case Verdict::kPlan:
      return InvalidField("transfer", "must repeat the transfer last proposed; to change it, propose another");
    case Verdict::kUntil:
      return InvalidField("until", absl::StrCat("must be a day after the present limit, ",
                                                UtcText(machine.clocks().at(v1::CASE_CLOCK_TRANSFER).due)));
    case Verdict::kTooFar: {
      const CaseMachine::RunningLimit& transfer = machine.clocks().at(v1::CASE_CLOCK_TRANSFER);
      return InvalidField("until",
                          absl::StrCat("must be ", LastDayBy(transfer.latest, *transfer.limit),
                                       " or before: the limit of the transfer, art. ",
                                       absl::StrJoin(transfer.limit->cites(), ", "), ", is counted once more at most"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

FoldedCase FoldCase(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& own_agency,
                    absl::Time now) {
  CaseMachine machine(file, law);
  machine.Run({}, now);
  const bool own_requests = IsRequesting(file, own_agency);
  FoldedCase folded;
  v1::ReadmissionCase& record = folded.record;
  record.set_case_id(file.case_id());
  record.set_requesting_agency(file.requesting_agency());
  record.set_requested_agency(file.requested_agency());
  record.set_treaty_id(file.treaty_id());
  record.set_treaty_version(file.treaty_version());
  record.set_treaty_sha256(file.treaty_sha256());
  record.set_version(file.version());
  record.set_state(machine.state());
  record.set_held_state(machine.held());
  record.set_procedure(machine.procedure());
  *record.mutable_application() = machine.application();
  if (machine.reply_due().has_value()) *record.mutable_reply_due_at() = ToProto(*machine.reply_due());
  for (const CaseMachine::Event& event : machine.events()) {
    *record.add_history() = Describe(machine, file, own_requests, event);
    if (event.filed != nullptr && !event.filed->step().file_number().empty()) {
      record.set_requested_file_number(event.filed->step().file_number());
    }
  }
  AddFailed(machine, file, own_requests, &record);
  AddClocks(machine, file, now, &record);
  for (const v1::ReadmissionStepKind kind : PossibleSteps(machine, own_requests, TimeOfNext(file, now))) {
    record.add_possible_steps(kind);
  }
  if (file.has_diverged_at()) {
    *record.mutable_diverged_at() = file.diverged_at();
  } else if (own_requests && ReceiptDiffers(machine, file)) {
    *record.mutable_diverged_at() = file.received_at();
  }
  folded.next_event = machine.NextEvent(now);
  folded.history_sha256 = HashOf(machine, file);
  CloseByOffice(file, own_agency, &record);
  if (record.state() == v1::READMISSION_STATE_CLOSED) folded.next_event = absl::InfiniteFuture();
  return folded;
}

absl::Status CheckStep(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& agency,
                       const v1::ReadmissionStep& step, absl::Time now) {
  const bool requesting = IsRequesting(file, agency);
  const absl::Time at = TimeOfNext(file, now);
  CaseMachine machine(file, law);
  machine.Run({}, at);
  if (file.closed() || file.has_erased_at()) {
    return Illegal(machine, v1::READMISSION_STATE_CLOSED, requesting, at);
  }
  const CaseRow* row = FindRow(machine.state(), step.kind());
  if (row == nullptr || !MayTake(*row, requesting)) return Illegal(machine, machine.state(), requesting, at);
  RETURN_IF_ERROR(CheckTreatyKnows(machine, step.kind()));
  RETURN_IF_ERROR(CheckVerdict(machine, row, machine.Judge(row, step, requesting, at), requesting, at));
  return CheckGuards(file, machine, *row, step, at);
}

void NumberStep(const v1::ReadmissionFile& file, const std::string& agency, absl::Time now, v1::ReadmissionStep* step) {
  const bool requesting = IsRequesting(file, agency);
  step->set_case_id(file.case_id());
  step->set_number(CountSteps(file, requesting) + 1);
  step->set_seen(CountSteps(file, !requesting));
  *step->mutable_at() = ToProto(TimeOfNext(file, now));
  if (!requesting && file.has_received_at()) *step->mutable_received_at() = LastReceipt(file);
}

Articles ArticlesOf(const CaseLaw& law, v1::ReadmissionStepKind kind) {
  return ArticlesOf(policy::ReadmissionTerms(*law.treaty), kind, nullptr);
}

std::string HistorySha256(const v1::ReadmissionFile& file, const CaseLaw& law, const v1::ReadmissionStep& step,
                          bool by_requesting) {
  CaseMachine machine(file, law);
  const KnownSteps known =
      by_requesting ? KnownSteps{step.number(), step.seen()} : KnownSteps{step.seen(), step.number()};
  machine.Run(known, absl::InfinitePast());
  return HashOf(machine, file);
}

int NoteClockEvents(const FoldedCase& folded, absl::Time now, v1::ReadmissionFile* file) {
  int noted = 0;
  for (const v1::ReadmissionEvent& event : folded.record.history()) {
    if (!event.actor().empty()) continue;
    const bool is_known =
        std::any_of(file->noticed().begin(), file->noticed().end(), [&](const v1::NoticedEvent& noticed) {
          return noticed.kind() == event.kind() && FromProto(noticed.at()) == FromProto(event.at());
        });
    if (is_known) continue;
    v1::NoticedEvent& noticed = *file->add_noticed();
    noticed.set_kind(event.kind());
    *noticed.mutable_at() = event.at();
    *noticed.mutable_noticed_at() = ToProto(now);
    ++noted;
  }
  return noted;
}

}  // namespace tamga::readmission
