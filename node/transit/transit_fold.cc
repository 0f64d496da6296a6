#include "node/transit/transit_fold.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/transit/transit_machine.h"

namespace tamga::transit {
namespace {

using Articles = google::protobuf::RepeatedPtrField<std::string>;
using readmission::CaseLaw;

bool IsRequesting(const v1::TransitFile& file, const std::string& agency) { return agency == file.requesting_agency(); }

const std::string& AgencyOf(const v1::TransitFile& file, bool requesting) {
  return requesting ? file.requesting_agency() : file.requested_agency();
}

void AddMissing(const Articles& cites, Articles* articles) {
  for (const std::string& cite : cites) {
    if (std::find(articles->begin(), articles->end(), cite) == articles->end()) *articles->Add() = cite;
  }
}

v1::TransitEvent Describe(const v1::TransitFile& file, const CaseLaw& law, bool own_requests,
                          const TransitMachine::Event& event) {
  v1::TransitEvent described;
  described.set_kind(event.kind);
  described.set_state(event.state);
  *described.mutable_at() = ToProto(event.at);
  described.set_overtaken(event.overtaken);
  *described.mutable_articles() = ArticlesOf(law, event.kind);
  if (event.limit != nullptr) AddMissing(event.limit->cites(), described.mutable_articles());
  if (event.by_requesting.has_value()) described.set_actor(AgencyOf(file, *event.by_requesting));
  if (event.kind == v1::TRANSIT_STEP_KIND_RECEIVE) described.set_exchange_id(file.steps(0).exchange_id());
  if (event.filed == nullptr) return described;
  const v1::FiledTransitStep& filed = *event.filed;
  described.set_exchange_id(filed.exchange_id());
  described.set_refusal_code(filed.step().refusal_code());
  described.set_reasons(filed.failed() ? filed.failure() : filed.step().reasons());
  if (filed.by_requesting() == own_requests) described.set_delivery(filed.delivery());
  return described;
}

// What never reached the other side is told, and has no effect. The application itself is in the machine's history.
void AddFailed(const v1::TransitFile& file, const CaseLaw& law, bool own_requests, v1::TransitCase* record) {
  for (const v1::FiledTransitStep& filed : file.steps()) {
    if (!filed.failed() || filed.step().kind() == v1::TRANSIT_STEP_KIND_SUBMIT) continue;
    const TransitMachine::Event event = {filed.step().kind(),
                                         v1::TRANSIT_STATE_NOT_DELIVERED,
                                         FromProto(filed.step().at()),
                                         filed.by_requesting(),
                                         &filed,
                                         nullptr,
                                         true};
    *record->add_history() = Describe(file, law, own_requests, event);
  }
  std::stable_sort(record->mutable_history()->begin(), record->mutable_history()->end(),
                   [](const auto& a, const auto& b) { return FromProto(a.at()) < FromProto(b.at()); });
}

// For the reply the requested side is waited for; a consent is the requesting side's to use.
void AddClocks(const v1::TransitFile& file, const TransitMachine& machine, v1::TransitCase* record) {
  for (const auto& [clock, running] : machine.clocks()) {
    v1::RunningClock& added = *record->add_clocks();
    added.set_limit_id(running.limit->id());
    *added.mutable_articles() = running.limit->cites();
    *added.mutable_due_at() = ToProto(running.due);
    *added.mutable_started_at() = ToProto(running.started);
    added.set_agency(AgencyOf(file, clock == v1::CASE_CLOCK_TRANSIT_CONSENT));
    added.set_on_expiry(std::string(absl::StripPrefix(v1::OnExpiry_Name(running.limit->on_expiry()), "ON_EXPIRY_")));
    added.set_time_zone(running.limit->time_zone());
  }
}

std::string HashOf(const TransitMachine& machine, const v1::TransitFile& file) {
  std::string lines = absl::StrCat("tamga transit history 1\n", file.case_id(), "\n");
  for (const TransitMachine::Event& event : machine.events()) {
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
bool ReceiptDiffers(const TransitMachine& machine, const v1::TransitFile& file) {
  if (!file.has_told_reply_due_at() || !machine.reply_due().has_value()) return false;
  return *machine.reply_due() != FromProto(file.told_reply_due_at());
}

// To the microsecond, which is what the history counts in.
absl::Time TimeOfNext(const v1::TransitFile& file, absl::Time now) {
  absl::Time last = absl::InfinitePast();
  if (file.has_received_at()) last = FromProto(file.received_at());
  for (const v1::FiledTransitStep& filed : file.steps()) {
    if (!filed.failed()) last = std::max(last, FromProto(filed.step().at()));
  }
  return std::max(absl::FromUnixMicros(absl::ToUnixMicros(now)), last + absl::Microseconds(1));
}

}  // namespace

v1::TransitCase FoldTransit(const v1::TransitFile& file, const CaseLaw& law, const std::string& own_agency,
                            absl::Time now) {
  TransitMachine machine(file, law);
  machine.Run({}, now);
  const bool own_requests = IsRequesting(file, own_agency);
  v1::TransitCase record;
  record.set_case_id(file.case_id());
  record.set_requesting_agency(file.requesting_agency());
  record.set_requested_agency(file.requested_agency());
  record.set_treaty_id(file.treaty_id());
  record.set_treaty_version(file.treaty_version());
  record.set_treaty_sha256(file.treaty_sha256());
  record.set_state(machine.state());
  record.set_version(file.version());
  *record.mutable_application() = file.application();
  for (const TransitMachine::Event& event : machine.events()) {
    *record.add_history() = Describe(file, law, own_requests, event);
  }
  AddFailed(file, law, own_requests, &record);
  AddClocks(file, machine, &record);
  for (const v1::TransitStepKind kind : StepsFrom(machine.state(), own_requests)) record.add_possible_steps(kind);
  if (file.has_diverged_at()) {
    *record.mutable_diverged_at() = file.diverged_at();
  } else if (own_requests && ReceiptDiffers(machine, file)) {
    *record.mutable_diverged_at() = file.received_at();
  }
  return record;
}

absl::Status CheckStep(const v1::TransitFile& file, const CaseLaw& law, const std::string& agency,
                       const v1::TransitStep& step, absl::Time now) {
  const bool requesting = IsRequesting(file, agency);
  TransitMachine machine(file, law);
  machine.Run({}, TimeOfNext(file, now));
  const TransitRow* row = FindRow(machine.state(), step.kind());
  if (row != nullptr && MayTake(*row, requesting)) return absl::OkStatus();
  std::vector<std::string> allowed;
  for (const v1::TransitStepKind kind : StepsFrom(machine.state(), requesting)) allowed.push_back(NameOf(kind));
  const std::string steps = absl::StrJoin(allowed, ", ");
  return Error(
      absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
      absl::StrCat("kind: the transit is ", NameOf(machine.state()), "; the ", requesting ? "requesting" : "requested",
                   " side may take ", steps.empty() ? "no step now" : steps),
      {{"state", NameOf(machine.state())}, {"allowed", steps}});
}

void NumberStep(const v1::TransitFile& file, const std::string& agency, absl::Time now, v1::TransitStep* step) {
  const bool requesting = IsRequesting(file, agency);
  step->set_case_id(file.case_id());
  step->set_number(CountSteps(file, requesting) + 1);
  step->set_seen(CountSteps(file, !requesting));
  *step->mutable_at() = ToProto(TimeOfNext(file, now));
  if (!requesting && file.has_received_at()) *step->mutable_received_at() = file.received_at();
}

std::string HistorySha256(const v1::TransitFile& file, const CaseLaw& law, const v1::TransitStep& step,
                          bool by_requesting) {
  TransitMachine machine(file, law);
  const KnownSteps known =
      by_requesting ? KnownSteps{step.number(), step.seen()} : KnownSteps{step.seen(), step.number()};
  machine.Run(known, absl::InfinitePast());
  return HashOf(machine, file);
}

uint32_t CountSteps(const v1::TransitFile& file, bool requesting) {
  return static_cast<uint32_t>(std::count_if(
      file.steps().begin(), file.steps().end(),
      [&](const v1::FiledTransitStep& filed) { return !filed.failed() && filed.by_requesting() == requesting; }));
}

Articles ArticlesOf(const CaseLaw& law, v1::TransitStepKind kind) {
  // The receipt belongs to the application.
  const v1::Operation operation =
      OperationOf(kind == v1::TRANSIT_STEP_KIND_RECEIVE ? v1::TRANSIT_STEP_KIND_SUBMIT : kind);
  Articles articles;
  for (const v1::Grant& grant : law.treaty->grants()) {
    const auto& operations = grant.scope().operations();
    if (std::find(operations.begin(), operations.end(), operation) == operations.end()) continue;
    AddMissing(grant.cites(), &articles);
  }
  return articles;
}

}  // namespace tamga::transit
