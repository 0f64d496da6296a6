#include "node/readmission/case_filing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/readmission/case_guards.h"
#include "node/readmission/case_machine.h"
#include "node/readmission/case_table.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

// Calls `visit` with each step of a side, the first one included.
template <typename File, typename Visit>
void ForEachStep(File& file, bool requesting, Visit visit) {
  if constexpr (std::is_const_v<File>) {
    if (requesting && file.has_first()) visit(file.first());
    for (const v1::FiledStep& filed : file.steps()) {
      if (filed.by_requesting() == requesting) visit(filed);
    }
  } else {
    if (requesting && file.has_first()) visit(*file.mutable_first());
    for (v1::FiledStep& filed : *file.mutable_steps()) {
      if (filed.by_requesting() == requesting) visit(filed);
    }
  }
}

uint32_t Count(const v1::ReadmissionFile& file, bool requesting) {
  uint32_t count = 0;
  ForEachStep(file, requesting, [&](const v1::FiledStep& filed) { count += filed.failed() ? 0 : 1; });
  return count;
}

const v1::FiledStep* Find(const v1::ReadmissionFile& file, bool requesting, uint32_t number) {
  const v1::FiledStep* found = nullptr;
  ForEachStep(file, requesting, [&](const v1::FiledStep& filed) {
    if (!filed.failed() && filed.step().number() == number) found = &filed;
  });
  return found;
}

v1::FiledStep* FindExpired(bool requesting, uint32_t number, v1::ReadmissionFile* file) {
  v1::FiledStep* expired = nullptr;
  ForEachStep(*file, requesting, [&](v1::FiledStep& filed) {
    const bool is_expired = filed.failed() && filed.delivery() == v1::DELIVERY_STATE_EXPIRED;
    if (is_expired && filed.step().number() == number) expired = &filed;
  });
  return expired;
}

// The expired step of that number got there after all. False if there is none.
bool Revive(bool requesting, uint32_t number, v1::ReadmissionFile* file) {
  v1::FiledStep* expired = FindExpired(requesting, number, file);
  if (expired == nullptr) return false;
  expired->set_failed(false);
  expired->clear_failure();
  expired->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  return true;
}

// How many steps of a side the other one's steps say that they follow.
uint32_t MostSeen(v1::ReadmissionFile* file, bool of_requesting) {
  uint32_t most = 0;
  ForEachStep(*file, !of_requesting, [&](v1::FiledStep& filed) { most = std::max(most, filed.step().seen()); });
  return most;
}

// The other side's step says how many of ours it follows: what expired here, and is among them, got there.
absl::Status CheckSeen(const v1::ReadmissionStep& step, bool own_requests, v1::ReadmissionFile* file) {
  if (step.seen() < MostSeen(file, own_requests)) {
    return InvalidField("seen", "must not be less than in the step before");
  }
  for (uint32_t count = Count(*file, own_requests); count < step.seen(); ++count) {
    if (Revive(own_requests, count + 1, file)) continue;
    return InvalidField("seen", absl::StrCat("must be at most ", count, ": there are no more steps of this side"));
  }
  return absl::OkStatus();
}

absl::Status CheckIssue(absl::Time at, absl::Time issued_at) {
  if (at > issued_at + kStepSkew) {
    return InvalidField("at", "is far ahead of the message that carries it; set the node's clock");
  }
  if (at < issued_at - kStepAge) {
    return InvalidField("at", "is long before the message that carries it; take the step anew");
  }
  return absl::OkStatus();
}

absl::Status CheckRoom(uint32_t number) {
  if (number <= kMostSteps) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "CASE_FULL",
               absl::StrCat("number: a side takes at most ", kMostSteps, " steps in a case; apply anew"));
}

absl::Status CheckTime(const v1::ReadmissionFile& file, const v1::ReadmissionStep& step, bool own_requests,
                       absl::Time issued_at) {
  absl::Time last = absl::InfinitePast();
  ForEachStep(file, !own_requests,
              [&](const v1::FiledStep& filed) { last = std::max(last, FromProto(filed.step().at())); });
  ForEachStep(file, own_requests, [&](const v1::FiledStep& filed) {
    if (filed.failed() || filed.step().number() > step.seen()) return;
    last = std::max(last, FromProto(filed.step().at()));
  });
  const absl::Time at = FromProto(step.at());
  if (at <= last) return InvalidField("at", "must be later than every step that the step follows");
  return CheckIssue(at, issued_at);
}

// Where the receipt stands that the requested side's step proves: at the application last submitted.
absl::Status TakeReceipt(const v1::ReadmissionStep& step, v1::ReadmissionFile* file) {
  v1::FiledStep* submitted = file->mutable_first();
  for (v1::FiledStep& filed : *file->mutable_steps()) {
    const bool is_anew =
        filed.by_requesting() && filed.step().kind() == v1::READMISSION_STEP_KIND_RESUBMIT && !filed.failed();
    if (is_anew && filed.step().number() <= step.seen()) submitted = &filed;
  }
  const absl::Time received = FromProto(step.received_at());
  if (received <= FromProto(submitted->step().at()) || received >= FromProto(step.at())) {
    return InvalidField("received_at", "must lie between what was submitted and the step");
  }
  const bool is_first = submitted == file->mutable_first();
  const bool is_known = is_first ? file->has_received_at() : submitted->has_received_at();
  google::protobuf::Timestamp& kept = is_first ? *file->mutable_received_at() : *submitted->mutable_received_at();
  if (is_known && FromProto(kept) != received) {
    return InvalidField("received_at", "must be what the receipt said");
  }
  kept = step.received_at();
  if (is_first) *file->mutable_pinned_at() = step.received_at();
  submitted->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  return absl::OkStatus();
}

absl::Time After(absl::Time at, absl::Time now) {
  return std::max(absl::FromUnixMicros(absl::ToUnixMicros(now)), at + absl::Microseconds(1));
}

// When the partner received what was submitted at `submitted`, as its answer, which came by `now`, says. A time that
// cannot be would keep clocks from running, or choose another law; then it counts as received by now, since the answer
// proves that it was, and the sides differ.
google::protobuf::Timestamp ReceiptOf(const google::protobuf::Timestamp& told, absl::Time submitted, absl::Time now,
                                      v1::ReadmissionFile* file) {
  const absl::Time received = FromProto(told);
  const bool is_possible =
      told.nanos() % 1000 == 0 && received > submitted && received <= std::max(submitted, now) + kStepSkew;
  if (is_possible) return told;
  if (!file->has_diverged_at()) *file->mutable_diverged_at() = ToProto(now);
  return ToProto(After(submitted, now));
}

v1::FiledStep MakeFiled(const CaseLaw& law, const v1::ReadmissionStep& step, bool by_requesting,
                        const StepCarrier& carrier, absl::Time now) {
  v1::FiledStep filed;
  *filed.mutable_step() = step;
  filed.set_by_requesting(by_requesting);
  filed.set_exchange_id(carrier.exchange_id);
  *filed.mutable_articles() = ArticlesOf(law, step.kind());
  if (!carrier.log.origin().empty()) *filed.mutable_log() = carrier.log;
  *filed.mutable_filed_at() = ToProto(now);
  return filed;
}

v1::FiledStep MakeFirst(const v1::ReadmissionFile& file, const CaseLaw& law, v1::ReadmissionStepKind kind,
                        absl::Time at, const StepCarrier& carrier, absl::Time now) {
  v1::ReadmissionStep step;
  step.set_case_id(file.case_id());
  step.set_kind(kind);
  step.set_number(1);
  *step.mutable_at() = ToProto(at);
  return MakeFiled(law, step, true, carrier, now);
}

bool IsOvertaken(const CaseMachine& machine, bool by_requesting, uint32_t number) {
  return std::any_of(machine.events().begin(), machine.events().end(), [&](const CaseMachine::Event& event) {
    return event.overtaken && event.by_requesting == by_requesting && event.filed != nullptr &&
           event.filed->step().number() == number;
  });
}

// The answer to a step of the other side that is filed.
void Answer(const CaseLaw& law, const v1::FiledStep& filed, absl::Time now, Filed* result) {
  CaseMachine machine(result->file, law);
  machine.Run({}, now);
  result->overtaken = IsOvertaken(machine, filed.by_requesting(), filed.step().number());
  v1::ReadmissionStepRecorded& recorded = result->recorded;
  recorded.set_case_id(result->file.case_id());
  recorded.set_state(machine.state());
  recorded.set_overtaken(result->overtaken);
  recorded.set_history_sha256(HistorySha256(result->file, law, filed.step(), filed.by_requesting()));
  if (filed.has_received_at()) *recorded.mutable_received_at() = filed.received_at();
}

// The terms and papers that a partner's step needs bind whether or not another step crossed it.
absl::Status CheckArrived(const v1::ReadmissionFile& before, const CaseLaw& law, const std::string& partner,
                          const v1::ReadmissionStep& step, bool knew_all, bool overtaken) {
  const absl::Time at = FromProto(step.at());
  if (knew_all && overtaken) {
    RETURN_IF_ERROR(CheckStep(before, law, partner, step, at));
    return InvalidField("at", "must be later than what the clock has done to the case");
  }
  // That steps may cross does not make one side take the other's.
  if (!MayTake(step.kind(), partner == before.requesting_agency())) {
    return InvalidField("kind", "must be a step of the side that takes it");
  }
  CaseMachine machine(before, law);
  machine.Run({}, at);
  RETURN_IF_ERROR(CheckTreatyKnows(machine, step.kind()));
  const CaseRow* row = FindRow(machine.state(), step.kind());
  return row == nullptr ? absl::OkStatus() : CheckGuards(before, machine, *row, step, at);
}

}  // namespace

absl::StatusOr<Filed> FileStep(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& own_agency,
                               const v1::ReadmissionStep& step, const StepCarrier& carrier, absl::Time now) {
  const bool own_requests = own_agency == file.requesting_agency();
  const std::string& partner = own_requests ? file.requested_agency() : file.requesting_agency();
  Filed result;
  result.file = file;
  if (const v1::FiledStep* held = Find(file, !own_requests, step.number())) {
    if (!MessageDifferencer::Equals(held->step(), step)) {
      return Error(absl::StatusCode::kAlreadyExists, "STEP_CONTRADICTS",
                   absl::StrCat("number: another step of that side has number ", step.number()));
    }
    Answer(law, *held, now, &result);
    result.is_repeat = true;
    return result;
  }
  const uint32_t expected = Count(file, !own_requests) + 1;
  if (step.number() != expected) {
    return Error(absl::StatusCode::kAborted, "OUT_OF_ORDER",
                 absl::StrCat("number: step ", expected, " of that side is expected; send it first"));
  }
  RETURN_IF_ERROR(CheckRoom(step.number()));
  RETURN_IF_ERROR(CheckSeen(step, own_requests, &result.file));
  RETURN_IF_ERROR(CheckTime(result.file, step, own_requests, carrier.issued_at));
  if (own_requests) RETURN_IF_ERROR(TakeReceipt(step, &result.file));
  const v1::ReadmissionFile before = result.file;
  v1::FiledStep& filed = *result.file.add_steps();
  filed = MakeFiled(law, step, !own_requests, carrier, now);
  if (step.kind() == v1::READMISSION_STEP_KIND_RESUBMIT) {
    *filed.mutable_received_at() = ToProto(After(FromProto(step.at()), now));
  }
  Answer(law, filed, now, &result);
  const bool knew_all = step.seen() == Count(result.file, own_requests);
  RETURN_IF_ERROR(CheckArrived(before, law, partner, step, knew_all, result.overtaken));
  return result;
}

absl::StatusOr<v1::ReadmissionFile> AddOwnStep(const v1::ReadmissionFile& file, const CaseLaw& law,
                                               const std::string& own_agency, const v1::ReadmissionStep& step,
                                               const StepCarrier& carrier, absl::Time now) {
  RETURN_IF_ERROR(CheckStep(file, law, own_agency, step, now));
  v1::ReadmissionStep numbered = step;
  NumberStep(file, own_agency, now, &numbered);
  RETURN_IF_ERROR(CheckRoom(numbered.number()));
  v1::ReadmissionFile changed = file;
  v1::FiledStep& filed = *changed.add_steps();
  filed = MakeFiled(law, numbered, own_agency == file.requesting_agency(), carrier, now);
  filed.set_delivery(v1::DELIVERY_STATE_QUEUED);
  return changed;
}

absl::StatusOr<v1::ReadmissionFile> AddFirstStep(const v1::ReadmissionFile& file, const CaseLaw& law,
                                                 v1::ReadmissionStepKind kind, const StepCarrier& carrier,
                                                 absl::Time now) {
  const absl::Time at = absl::FromUnixMicros(absl::ToUnixMicros(now));
  v1::FiledStep first = MakeFirst(file, law, kind, at, carrier, now);
  RETURN_IF_ERROR(CheckStep(file, law, file.requesting_agency(), first.step(), now));
  first.set_delivery(v1::DELIVERY_STATE_QUEUED);
  v1::ReadmissionFile changed = file;
  *changed.mutable_first() = std::move(first);
  *changed.mutable_pinned_at() = ToProto(at);
  return changed;
}

absl::StatusOr<v1::ReadmissionFile> OpenFile(const v1::ReadmissionFile& file, const CaseLaw& law,
                                             v1::ReadmissionStepKind kind, absl::Time at, const StepCarrier& carrier,
                                             absl::Time now) {
  RETURN_IF_ERROR(CheckIssue(at, carrier.issued_at));
  const v1::FiledStep first = MakeFirst(file, law, kind, at, carrier, now);
  RETURN_IF_ERROR(CheckStep(file, law, file.requesting_agency(), first.step(), at));
  v1::ReadmissionFile opened = file;
  *opened.mutable_first() = first;
  *opened.mutable_received_at() = ToProto(After(at, now));
  *opened.mutable_pinned_at() = opened.received_at();
  CaseMachine machine(opened, law);
  machine.Run({}, FromProto(opened.received_at()));
  if (const std::optional<absl::Time> due = machine.first_reply_due()) {
    *opened.mutable_told_reply_due_at() = ToProto(*due);
  }
  return opened;
}

void SettleFirst(const v1::ReadmissionReceived& received, absl::Time now, v1::ReadmissionFile* file) {
  v1::FiledStep& first = *file->mutable_first();
  first.set_failed(false);
  first.clear_failure();
  first.set_delivery(v1::DELIVERY_STATE_DELIVERED);
  // A step of the requested side may have proven the receipt before.
  if (!file->has_received_at()) {
    *file->mutable_received_at() = ReceiptOf(received.received_at(), FromProto(first.step().at()), now, file);
  }
  *file->mutable_pinned_at() = file->received_at();
  if (received.has_reply_due_at()) *file->mutable_told_reply_due_at() = received.reply_due_at();
}

bool SettleStep(const CaseLaw& law, const std::string& own_agency, const std::string& exchange_id,
                const v1::ReadmissionStepRecorded& recorded, absl::Time now, v1::ReadmissionFile* file) {
  const bool own_requests = own_agency == file->requesting_agency();
  v1::FiledStep* settled = nullptr;
  ForEachStep(*file, own_requests, [&](v1::FiledStep& filed) {
    if (!filed.failed() && filed.exchange_id() == exchange_id) settled = &filed;
  });
  if (settled == nullptr || settled->delivery() == v1::DELIVERY_STATE_DELIVERED) return false;
  settled->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  if (settled->step().kind() == v1::READMISSION_STEP_KIND_RESUBMIT) {
    *settled->mutable_received_at() = ReceiptOf(recorded.received_at(), FromProto(settled->step().at()), now, file);
  }
  const bool is_same = HistorySha256(*file, law, settled->step(), own_requests) == recorded.history_sha256();
  if (!is_same && !file->has_diverged_at()) *file->mutable_diverged_at() = ToProto(now);
  return true;
}

bool FailStep(const std::string& own_agency, const std::string& exchange_id, v1::DeliveryState delivery,
              const std::string& failure, v1::ReadmissionFile* file) {
  const bool own_requests = own_agency == file->requesting_agency();
  v1::FiledStep* cause = nullptr;
  ForEachStep(*file, own_requests, [&](v1::FiledStep& filed) {
    const bool is_open = !filed.failed() && filed.delivery() != v1::DELIVERY_STATE_DELIVERED;
    if (is_open && filed.exchange_id() == exchange_id) cause = &filed;
  });
  if (cause == nullptr) return false;
  const uint32_t number = cause->step().number();
  // Of two attempts under one number it is not certain which was seen.
  const bool was_seen = number <= MostSeen(file, own_requests) && FindExpired(own_requests, number, file) == nullptr;
  if (was_seen && failure != "STEP_CONTRADICTS") {
    cause->set_delivery(v1::DELIVERY_STATE_DELIVERED);
    return true;
  }
  ForEachStep(*file, own_requests, [&](v1::FiledStep& filed) {
    if (filed.failed() || filed.step().number() < number) return;
    const bool is_cause = filed.step().number() == number;
    filed.set_failed(true);
    filed.set_failure(is_cause ? failure : "PRECEDING_STEP_FAILED");
    filed.set_delivery(is_cause ? delivery : v1::DELIVERY_STATE_REFUSED);
  });
  if (failure == "STEP_CONTRADICTS") Revive(own_requests, number, file);
  return true;
}

}  // namespace tamga::readmission
