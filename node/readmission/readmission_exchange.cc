// The readmission desk's side towards the door: what partners send, and what came of what was sent to them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/exchange/refusal.h"
#include "node/readmission/case_history.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/request_checks.h"

namespace tamga::readmission {
namespace {

absl::Status UnknownOperation(v1::Operation operation) {
  return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
               absl::StrCat("the readmission desk does not serve ", v1::Operation_Name(operation)));
}

Articles ArticlesOf(const policy::Decision& decision) { return {decision.articles.begin(), decision.articles.end()}; }

// The receipt that a case came in with.
v1::ReadmissionReceived ReceiptOf(const v1::ReadmissionCase& record) {
  v1::ReadmissionReceived received;
  received.set_case_id(record.case_id());
  for (const v1::ReadmissionEvent& event : record.history()) {
    if (event.state() == v1::READMISSION_STATE_RECEIVED) *received.mutable_received_at() = event.at();
  }
  if (record.has_reply_due_at()) *received.mutable_reply_due_at() = record.reply_due_at();
  return received;
}

// True if `record` was made by just this message.
bool CameWith(const v1::ReadmissionCase& record, const v1::MessageHeader& header,
              const v1::ReadmissionSubmission& submission) {
  return record.requesting_agency() == header.from() && record.history_size() > 0 &&
         record.history(0).exchange_id() == FormatUuid(header.exchange_id()) &&
         google::protobuf::util::MessageDifferencer::Equals(record.application(), submission.application());
}

// The exchange that brought the partner's request.
store::Origin OriginOf(const v1::MessageHeader& request) { return {request.exchange_id(), request.from(), false}; }

}  // namespace

absl::StatusOr<exchange::Answer> ReadmissionDesk::HandleRequest(const exchange::Incoming& request) {
  switch (request.header.operation()) {
    case v1::OPERATION_READMISSION_SUBMIT:
      return TakeSubmission(request);
    case v1::OPERATION_READMISSION_REPLY:
      return TakeDecision(request);
    default:
      return UnknownOperation(request.header.operation());
  }
}

absl::StatusOr<store::Effects> ReadmissionDesk::HandleSettled(const exchange::Settled& settled) {
  switch (settled.header.operation()) {
    case v1::OPERATION_READMISSION_SUBMIT:
      return SettleSubmission(settled);
    case v1::OPERATION_READMISSION_REPLY:
      return SettleDecision(settled);
    default:
      return UnknownOperation(settled.header.operation());
  }
}

absl::StatusOr<store::Effects> ReadmissionDesk::HandleErasure(const exchange::Erasure& erasure) {
  store::Effects effects;
  for (const store::RecordRow& row : erasure.records) {
    ASSIGN_OR_RETURN(v1::ReadmissionCase record, Load(row.id));
    if (record.requesting_agency() == own_agency_) {
      EraseAnswer(&record);
      effects.Add(Save(std::move(record)));
    } else {
      effects.Add(store::Records::Delete(row));
    }
  }
  return effects;
}

absl::StatusOr<exchange::Answer> ReadmissionDesk::TakeSubmission(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(request.body));
  RETURN_IF_ERROR(CheckSubmission(submission));
  const absl::StatusOr<v1::ReadmissionCase> existing = Load(submission.case_id());
  if (existing.ok() && CameWith(*existing, request.header, submission)) {
    return exchange::Answer{std::make_unique<v1::ReadmissionReceived>(ReceiptOf(*existing)), {}};
  }
  // Nobody learns by an identifier which cases others have here.
  if (existing.ok() && existing->requesting_agency() != request.header.from()) return exchange::NotServed();
  if (existing.ok()) {
    return Error(absl::StatusCode::kAlreadyExists, "CASE_EXISTS",
                 "case_id: another application has this identifier; make a new one for each case");
  }
  if (!absl::IsNotFound(existing.status())) return existing.status();

  auto received = std::make_unique<v1::ReadmissionReceived>();
  received->set_case_id(submission.case_id());
  *received->mutable_received_at() = ToProto(request.received_at);
  if (const unsigned days = request.decision.answer_within_days; days > 0) {
    *received->mutable_reply_due_at() = ToProto(request.received_at + absl::Hours(24) * days);
  }
  v1::ReadmissionCase record;
  record.set_case_id(submission.case_id());
  record.set_requesting_agency(request.header.from());
  record.set_requested_agency(own_agency_);
  record.set_state(v1::READMISSION_STATE_SUBMITTED);
  *record.mutable_application() = submission.application();
  RecordReceipt(request.header, *received, ArticlesOf(request.decision), &record);
  exchange::Answer answer;
  answer.result = std::move(received);
  answer.effects = Save(std::move(record), OriginOf(request.header));
  // The case's identifier is another one each time that the same is asked.
  answer.content = submission.application().SerializeAsString();
  return answer;
}

absl::StatusOr<exchange::Answer> ReadmissionDesk::TakeDecision(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto decision, domain::ParseBody<v1::ReadmissionDecision>(request.body));
  RETURN_IF_ERROR(CheckDecision(decision));
  ASSIGN_OR_RETURN(v1::ReadmissionCase record, Load(decision.case_id()));
  if (record.requesting_agency() != own_agency_ || record.requested_agency() != request.header.from()) {
    return domain::CaseUnknown();  // nobody learns by an identifier which cases others have here
  }
  exchange::Answer answer;
  auto recorded = std::make_unique<v1::ReadmissionDecisionRecorded>();
  recorded->set_case_id(record.case_id());
  answer.result = std::move(recorded);
  v1::ReadmissionDecision timeless = decision;
  timeless.clear_decided_at();
  answer.content = timeless.SerializeAsString();
  if (HoldsDecision(record, decision)) return answer;
  RETURN_IF_ERROR(CheckMayBeAnswered(record, own_agency_));
  RecordDecision(request.header, decision, ArticlesOf(request.decision), &record);
  answer.effects = Save(std::move(record), OriginOf(request.header));
  return answer;
}

absl::StatusOr<store::Effects> ReadmissionDesk::SettleSubmission(const exchange::Settled& settled) {
  ASSIGN_OR_RETURN(const std::string case_id, SubmittedCaseId(settled));
  ASSIGN_OR_RETURN(v1::ReadmissionCase record, Load(case_id));
  bool changed = false;
  if (settled.status.ok() && settled.reply != nullptr) {
    ASSIGN_OR_RETURN(const auto received, domain::ParseBody<v1::ReadmissionReceived>(settled.reply->result()));
    changed = RecordReceipt(settled.header, received, settled.reply->articles(), &record);
  } else {
    const std::string reason = ReasonOf(settled.status);
    changed =
        RecordNonDelivery(settled.header, reason.empty() ? absl::StatusCodeToString(settled.status.code()) : reason,
                          clock_.Now(), &record);
  }
  if (!changed) return store::Effects{};
  return Save(std::move(record));
}

absl::StatusOr<std::string> ReadmissionDesk::SubmittedCaseId(const exchange::Settled& settled) const {
  if (settled.header.payload_withheld()) return keys_.IdOf(settled.header.idempotency_key());
  ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(settled.body));
  return submission.case_id();
}

absl::StatusOr<store::Effects> ReadmissionDesk::SettleDecision(const exchange::Settled& settled) {
  // Refused or expired: the case is still to be answered.
  if (!settled.status.ok() || settled.reply == nullptr) return store::Effects{};
  ASSIGN_OR_RETURN(const auto decision, domain::ParseBody<v1::ReadmissionDecision>(settled.body));
  absl::StatusOr<v1::ReadmissionCase> record = Load(decision.case_id());
  // The application may have been erased while the decision waited.
  if (absl::IsNotFound(record.status())) return store::Effects{};
  RETURN_IF_ERROR(record.status());
  if (!RecordDecision(settled.header, decision, settled.reply->articles(), &*record)) return store::Effects{};
  return Save(*std::move(record));
}

}  // namespace tamga::readmission
