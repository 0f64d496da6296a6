// The readmission desk's side towards the door: what partners send.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/exchange/refusal.h"
#include "node/readmission/case_erasure.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/case_table.h"
#include "node/readmission/own_call.h"
#include "node/readmission/partners_words.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/request_checks.h"
#include "node/readmission/step_checks.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

absl::Status UnknownOperation(v1::Operation operation) {
  return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
               absl::StrCat("the readmission desk does not serve ", v1::Operation_Name(operation)));
}

StepCarrier CarrierOf(const v1::MessageHeader& header) {
  return {FormatUuid(header.exchange_id()), FromProto(header.issued_at()), {}};
}

// The exchange that brought the partner's request.
store::Origin OriginOf(const v1::MessageHeader& request) { return {request.exchange_id(), request.from(), false}; }

// True if the file was opened by just this message.
bool CameWith(const v1::ReadmissionFile& file, const v1::MessageHeader& header,
              const v1::ReadmissionSubmission& submission) {
  return file.requesting_agency() == header.from() && file.first().exchange_id() == FormatUuid(header.exchange_id()) &&
         file.procedure() == submission.procedure() &&
         MessageDifferencer::Equals(file.first().step().at(), submission.at());
}

std::unique_ptr<v1::ReadmissionReceived> ReceiptOf(const v1::ReadmissionFile& file) {
  auto received = std::make_unique<v1::ReadmissionReceived>();
  received->set_case_id(file.case_id());
  *received->mutable_received_at() = file.received_at();
  if (file.has_told_reply_due_at()) *received->mutable_reply_due_at() = file.told_reply_due_at();
  return received;
}

// What officers agree to: the step without what is counted and timed anew with each attempt.
std::string ContentOfStep(v1::ReadmissionStep step) {
  step.clear_number();
  step.clear_seen();
  step.clear_at();
  step.clear_received_at();
  return step.SerializeAsString();
}

}  // namespace

absl::StatusOr<exchange::Answer> ReadmissionDesk::HandleRequest(const exchange::Incoming& request) {
  switch (request.header.operation()) {
    case v1::OPERATION_READMISSION_SUBMIT:
    case v1::OPERATION_READMISSION_NOTIFY:
      return TakeSubmission(request);
    case v1::OPERATION_READMISSION_REPLY:
    case v1::OPERATION_READMISSION_STEP:
    case v1::OPERATION_READMISSION_TRAVEL_DOCUMENT:
    case v1::OPERATION_READMISSION_TRANSFER:
      return TakeStep(request);
    default:
      return UnknownOperation(request.header.operation());
  }
}

absl::StatusOr<store::Effects> ReadmissionDesk::HandleSettled(const exchange::Settled& settled) {
  switch (settled.header.operation()) {
    case v1::OPERATION_READMISSION_SUBMIT:
    case v1::OPERATION_READMISSION_NOTIFY:
    case v1::OPERATION_READMISSION_REPLY:
    case v1::OPERATION_READMISSION_STEP:
    case v1::OPERATION_READMISSION_TRAVEL_DOCUMENT:
    case v1::OPERATION_READMISSION_TRANSFER:
      return SettleOwn(settled);
    default:
      return UnknownOperation(settled.header.operation());
  }
}

absl::StatusOr<store::Effects> ReadmissionDesk::HandleErasure(const exchange::Erasure& erasure) {
  store::Effects effects;
  for (const store::RecordRow& row : erasure.records) {
    ASSIGN_OR_RETURN(CaseStore::Stored stored, parts_.cases.Load(row.id));
    if (IsOwn(stored.file)) {
      ErasePartnersWords(parts_.own_agency, &stored.file);
      effects.Add(parts_.cases.Save(std::move(stored.file)));
    } else {
      effects.Add(parts_.cases.Remove(stored.file));
    }
  }
  return effects;
}

absl::Time ReadmissionDesk::LawAsOf(const v1::MessageHeader& header, const std::string& body) const {
  if (header.operation() == v1::OPERATION_READMISSION_SUBMIT ||
      header.operation() == v1::OPERATION_READMISSION_NOTIFY) {
    return absl::InfiniteFuture();
  }
  v1::ReadmissionStep step;
  if (!step.ParseFromString(body)) return absl::InfiniteFuture();
  const absl::StatusOr<CaseStore::Stored> stored = parts_.cases.Load(step.case_id());
  if (!stored.ok() || !stored->file.has_pinned_at()) return absl::InfiniteFuture();
  const v1::ReadmissionFile& file = stored->file;
  const bool is_theirs = (file.requesting_agency() == header.from() && file.requested_agency() == header.to()) ||
                         (file.requested_agency() == header.from() && file.requesting_agency() == header.to());
  return is_theirs ? FromProto(file.pinned_at()) : absl::InfiniteFuture();
}

absl::StatusOr<exchange::Answer> ReadmissionDesk::TakeSubmission(const exchange::Incoming& request) {
  const bool notice = request.header.operation() == v1::OPERATION_READMISSION_NOTIFY;
  ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(request.body));
  RETURN_IF_ERROR(CheckSubmission(submission, notice));
  const absl::StatusOr<CaseStore::Stored> existing = parts_.cases.Load(submission.case_id());
  if (existing.ok() && CameWith(existing->file, request.header, submission)) {
    return exchange::Answer{ReceiptOf(existing->file), {}};
  }
  // Nobody learns by an identifier which cases others have here.
  if (existing.ok() && existing->file.requesting_agency() != request.header.from()) return exchange::NotServed();
  if (existing.ok()) {
    return Error(absl::StatusCode::kAlreadyExists, "CASE_EXISTS",
                 "case_id: another application has this identifier; make a new one for each case");
  }
  if (!absl::IsNotFound(existing.status())) return existing.status();

  v1::ReadmissionFile file;
  file.set_case_id(submission.case_id());
  file.set_requesting_agency(request.header.from());
  file.set_requested_agency(parts_.own_agency);
  file.set_treaty_id(request.header.treaty().id());
  file.set_treaty_sha256(request.header.treaty().document_sha256());
  file.set_procedure(submission.procedure());
  *file.mutable_application() = submission.application();
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
  file.set_treaty_version(law.treaty->version());
  ASSIGN_OR_RETURN(v1::ReadmissionFile opened,
                   OpenFile(file, law, notice ? v1::READMISSION_STEP_KIND_NOTIFY : v1::READMISSION_STEP_KIND_SUBMIT,
                            FromProto(submission.at()), CarrierOf(request.header), request.received_at));
  exchange::Answer answer;
  answer.result = ReceiptOf(opened);
  answer.effects = parts_.cases.Save(std::move(opened), OriginOf(request.header));
  // Identifier and times of the case are others each time that the same is asked.
  answer.content = submission.application().SerializeAsString();
  return answer;
}

absl::StatusOr<exchange::Answer> ReadmissionDesk::TakeStep(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto step, domain::ParseBody<v1::ReadmissionStep>(request.body));
  RETURN_IF_ERROR(CheckPartnerStep(step));
  if (OperationOf(step.kind()) != request.header.operation()) {
    return InvalidField("kind", "must be a step of the operation that carries it");
  }
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, parts_.cases.Load(step.case_id()));
  const v1::ReadmissionFile& file = stored.file;
  // Nobody learns by an identifier which cases others have here.
  if (file.requesting_agency() != request.header.from() && file.requested_agency() != request.header.from()) {
    return domain::CaseUnknown();
  }
  // The door let it in by the treaty that it names; the case goes by its own.
  if (request.header.treaty().id() != file.treaty_id()) {
    return InvalidField("treaty", absl::StrCat("must be that of the case, ", file.treaty_id()));
  }
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
  absl::StatusOr<Filed> filed =
      FileStep(file, law, parts_.own_agency, step, CarrierOf(request.header), request.received_at);
  if (!filed.ok()) return Tellable(filed.status());
  exchange::Answer answer;
  answer.result = std::make_unique<v1::ReadmissionStepRecorded>(std::move(filed->recorded));
  answer.content = ContentOfStep(step);
  // Nothing comes after the erasure to take out what a late step tells.
  if (file.has_erased_at()) EraseParticulars(FromProto(file.erased_at()), &filed->file);
  if (!filed->is_repeat) answer.effects = parts_.cases.Save(std::move(filed->file), OriginOf(request.header));
  return answer;
}

}  // namespace tamga::readmission
