#include "node/transit/transit_filing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/readmission/filed_steps.h"
#include "node/readmission/own_call.h"
#include "node/transit/transit_machine.h"

namespace tamga::transit {
namespace {

using google::protobuf::util::MessageDifferencer;
using readmission::CaseLaw;
using readmission::StepCarrier;

const v1::FiledTransitStep* Find(const v1::TransitFile& file, bool requesting, uint32_t number) {
  for (const v1::FiledTransitStep& filed : file.steps()) {
    if (filed.by_requesting() == requesting && !filed.failed() && filed.step().number() == number) return &filed;
  }
  return nullptr;
}

void ClearFailure(v1::DeliveryState delivery, v1::FiledTransitStep* filed) {
  filed->set_failed(false);
  filed->clear_failure();
  filed->clear_failure_code();
  filed->clear_failure_text();
  filed->set_delivery(delivery);
}

// The expired step of that number got there after all. False if there is none.
bool Revive(bool requesting, uint32_t number, v1::TransitFile* file) {
  v1::FiledTransitStep* expired = nullptr;
  for (v1::FiledTransitStep& filed : *file->mutable_steps()) {
    const bool is_expired = filed.failed() && filed.delivery() == v1::DELIVERY_STATE_EXPIRED;
    if (is_expired && filed.by_requesting() == requesting && filed.step().number() == number) expired = &filed;
  }
  if (expired == nullptr) return false;
  ClearFailure(v1::DELIVERY_STATE_DELIVERED, expired);
  return true;
}

// The other side's step says how many of ours it follows: what expired here, and is among them, got there.
absl::Status CheckSeen(const v1::TransitStep& step, bool own_requests, v1::TransitFile* file) {
  uint32_t before = 0;
  for (const v1::FiledTransitStep& filed : file->steps()) {
    if (filed.by_requesting() != own_requests) before = std::max(before, filed.step().seen());
  }
  if (step.seen() < before) return InvalidField("seen", "must not be less than in the step before");
  for (uint32_t count = CountSteps(*file, own_requests); count < step.seen(); ++count) {
    if (Revive(own_requests, count + 1, file)) continue;
    return InvalidField("seen", absl::StrCat("must be at most ", count, ": there are no more steps of this side"));
  }
  return absl::OkStatus();
}

absl::Status CheckNotAhead(absl::Time at, const StepCarrier& carrier) {
  if (at <= carrier.issued_at + readmission::kStepSkew) return absl::OkStatus();
  return InvalidField("at", "is far ahead of the message that carries it; set the node's clock");
}

absl::Status CheckTime(const v1::TransitFile& file, const v1::TransitStep& step, bool own_requests,
                       const StepCarrier& carrier) {
  absl::Time last = absl::InfinitePast();
  for (const v1::FiledTransitStep& filed : file.steps()) {
    const bool is_known = filed.by_requesting() != own_requests || filed.step().number() <= step.seen();
    if (!filed.failed() && is_known) last = std::max(last, FromProto(filed.step().at()));
  }
  if (FromProto(step.at()) <= last) return InvalidField("at", "must be later than every step that the step follows");
  return CheckNotAhead(FromProto(step.at()), carrier);
}

// Each step of the requested side proves that it received the application, and when.
absl::Status TakeReceipt(const v1::TransitStep& step, v1::TransitFile* file) {
  const absl::Time received = FromProto(step.received_at());
  if (received <= FromProto(file->steps(0).step().at()) || received >= FromProto(step.at())) {
    return InvalidField("received_at", "must lie between the application and the step");
  }
  if (file->has_received_at() && FromProto(file->received_at()) != received) {
    return InvalidField("received_at", "must be what the receipt said");
  }
  *file->mutable_received_at() = step.received_at();
  *file->mutable_pinned_at() = step.received_at();
  file->mutable_steps(0)->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  return absl::OkStatus();
}

v1::FiledTransitStep MakeFiled(const v1::TransitStep& step, bool by_requesting, const StepCarrier& carrier,
                               absl::Time now) {
  v1::FiledTransitStep filed;
  *filed.mutable_step() = step;
  filed.set_by_requesting(by_requesting);
  filed.set_exchange_id(carrier.exchange_id);
  *filed.mutable_filed_at() = ToProto(now);
  return filed;
}

// The answer to a step of the other side that is filed.
void Answer(const CaseLaw& law, const v1::FiledTransitStep& filed, absl::Time now, FiledTransit* result) {
  TransitMachine machine(result->file, law);
  machine.Run({}, now);
  v1::TransitStepRecorded& recorded = result->recorded;
  recorded.set_case_id(result->file.case_id());
  recorded.set_state(machine.state());
  recorded.set_overtaken(
      std::any_of(machine.events().begin(), machine.events().end(), [&](const TransitMachine::Event& event) {
        return event.overtaken && event.by_requesting == filed.by_requesting() && event.filed != nullptr &&
               event.filed->step().number() == filed.step().number();
      }));
  recorded.set_history_sha256(HistorySha256(result->file, law, filed.step(), filed.by_requesting()));
}

}  // namespace

absl::StatusOr<FiledTransit> FileStep(const v1::TransitFile& file, const CaseLaw& law, const std::string& own_agency,
                                      const v1::TransitStep& step, const StepCarrier& carrier, absl::Time now) {
  const bool own_requests = own_agency == file.requesting_agency();
  const std::string& partner = own_requests ? file.requested_agency() : file.requesting_agency();
  FiledTransit result;
  result.file = file;
  if (const v1::FiledTransitStep* held = Find(file, !own_requests, step.number())) {
    if (!MessageDifferencer::Equals(held->step(), step)) {
      return Error(absl::StatusCode::kAlreadyExists, "STEP_CONTRADICTS",
                   absl::StrCat("number: another step of that side has number ", step.number()));
    }
    Answer(law, *held, now, &result);
    result.is_repeat = true;
    return result;
  }
  const uint32_t expected = CountSteps(file, !own_requests) + 1;
  if (step.number() != expected) {
    return Error(absl::StatusCode::kAborted, "OUT_OF_ORDER",
                 absl::StrCat("number: step ", expected, " of that side is expected; send it first"));
  }
  RETURN_IF_ERROR(CheckSeen(step, own_requests, &result.file));
  RETURN_IF_ERROR(CheckTime(result.file, step, own_requests, carrier));
  if (own_requests) RETURN_IF_ERROR(TakeReceipt(step, &result.file));
  const v1::TransitFile before = result.file;
  v1::FiledTransitStep& filed = *result.file.add_steps();
  filed = MakeFiled(step, !own_requests, carrier, now);
  Answer(law, filed, now, &result);
  const bool knew_all = step.seen() == CountSteps(result.file, own_requests);
  if (knew_all && result.recorded.overtaken()) {
    RETURN_IF_ERROR(CheckStep(before, law, partner, step, FromProto(step.at())));
    return InvalidField("at", "must be later than what the clock has done to the case");
  }
  return result;
}

absl::StatusOr<v1::TransitFile> AddOwnStep(const v1::TransitFile& file, const CaseLaw& law,
                                           const std::string& own_agency, const v1::TransitStep& step,
                                           const StepCarrier& carrier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(file, law, own_agency, step, now));
  v1::TransitStep numbered = step;
  NumberStep(file, own_agency, now, &numbered);
  v1::TransitFile changed = file;
  v1::FiledTransitStep& filed = *changed.add_steps();
  filed = MakeFiled(numbered, own_agency == file.requesting_agency(), carrier, now);
  filed.set_delivery(v1::DELIVERY_STATE_QUEUED);
  if (!changed.has_pinned_at()) *changed.mutable_pinned_at() = numbered.at();
  return changed;
}

absl::StatusOr<v1::TransitFile> OpenFile(const v1::TransitFile& file, const CaseLaw& law, absl::Time at,
                                         const StepCarrier& carrier, absl::Time now) {
  RETURN_IF_ERROR(CheckNotAhead(at, carrier));
  v1::TransitStep step;
  step.set_case_id(file.case_id());
  step.set_kind(v1::TRANSIT_STEP_KIND_SUBMIT);
  step.set_number(1);
  *step.mutable_at() = ToProto(at);
  v1::TransitFile opened = file;
  *opened.add_steps() = MakeFiled(step, true, carrier, now);
  const absl::Time received = std::max(absl::FromUnixMicros(absl::ToUnixMicros(now)), at + absl::Microseconds(1));
  *opened.mutable_received_at() = ToProto(received);
  *opened.mutable_pinned_at() = opened.received_at();
  TransitMachine machine(opened, law);
  machine.Run({}, received);
  if (machine.reply_due().has_value()) *opened.mutable_told_reply_due_at() = ToProto(*machine.reply_due());
  return opened;
}

void SettleFirst(const v1::TransitReceived& received, v1::TransitFile* file) {
  ClearFailure(v1::DELIVERY_STATE_DELIVERED, file->mutable_steps(0));
  // A step of the requested side may have proven the receipt before.
  if (!file->has_received_at()) *file->mutable_received_at() = received.received_at();
  *file->mutable_pinned_at() = file->received_at();
  if (received.has_reply_due_at()) *file->mutable_told_reply_due_at() = received.reply_due_at();
}

bool SettleStep(const CaseLaw& law, const std::string& own_agency, const std::string& exchange_id,
                const v1::TransitStepRecorded& recorded, absl::Time now, v1::TransitFile* file) {
  v1::FiledTransitStep* settled = FindOwnStep(file, own_agency, exchange_id);
  if (settled == nullptr || settled->failed() || settled->delivery() == v1::DELIVERY_STATE_DELIVERED) return false;
  settled->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  const std::string own = HistorySha256(*file, law, settled->step(), settled->by_requesting());
  if (own != recorded.history_sha256() && !file->has_diverged_at()) *file->mutable_diverged_at() = ToProto(now);
  return true;
}

bool FailStep(const std::string& own_agency, const std::string& exchange_id, v1::DeliveryState delivery,
              const absl::Status& why, v1::TransitFile* file) {
  v1::FiledTransitStep* cause = FindOwnStep(file, own_agency, exchange_id);
  if (cause == nullptr || cause->failed() || cause->delivery() == v1::DELIVERY_STATE_DELIVERED) return false;
  const bool own_requests = cause->by_requesting();
  const uint32_t number = cause->step().number();
  for (v1::FiledTransitStep& filed : *file->mutable_steps()) {
    if (filed.failed() || filed.by_requesting() != own_requests || filed.step().number() < number) continue;
    const bool is_cause = filed.step().number() == number;
    filed.set_failed(true);
    filed.set_failure(is_cause ? readmission::ReasonCodeOf(why) : "PRECEDING_STEP_FAILED");
    filed.set_delivery(is_cause ? delivery : v1::DELIVERY_STATE_REFUSED);
    if (is_cause) readmission::KeepFailure(why, &filed);
  }
  if (ReasonOf(why) == "STEP_CONTRADICTS") Revive(own_requests, number, file);
  return true;
}

bool Reopen(const std::string& own_agency, const std::string& exchange_id, v1::TransitFile* file) {
  v1::FiledTransitStep* step = FindOwnStep(file, own_agency, exchange_id);
  if (step == nullptr || !step->failed()) return false;
  if (step->step().number() != CountSteps(*file, step->by_requesting()) + 1) return false;
  ClearFailure(v1::DELIVERY_STATE_QUEUED, step);
  return true;
}

const v1::FiledTransitStep* FindOwnStep(const v1::TransitFile& file, const std::string& own_agency,
                                        absl::string_view exchange_id) {
  if (exchange_id.empty()) return nullptr;
  const bool by_requesting = file.requesting_agency() == own_agency;
  for (const v1::FiledTransitStep& filed : file.steps()) {
    if (filed.by_requesting() == by_requesting && filed.exchange_id() == exchange_id) return &filed;
  }
  return nullptr;
}

v1::FiledTransitStep* FindOwnStep(v1::TransitFile* file, const std::string& own_agency, absl::string_view exchange_id) {
  return const_cast<v1::FiledTransitStep*>(FindOwnStep(std::as_const(*file), own_agency, exchange_id));
}

}  // namespace tamga::transit
