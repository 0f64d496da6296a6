// The side of transit operations towards the door: what partners send, and what came of own messages.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/exchange/refusal.h"
#include "node/readmission/own_call.h"
#include "node/transit/transit_checks.h"
#include "node/transit/transit_desk.h"
#include "node/transit/transit_filing.h"

namespace tamga::transit {
namespace {

using google::protobuf::util::MessageDifferencer;
using readmission::CaseLaw;
using readmission::KeptCall;
using readmission::StepCarrier;

bool CarriesFirstStep(v1::Operation operation) { return operation == v1::OPERATION_READMISSION_TRANSIT_SUBMIT; }

absl::Status CheckOperation(v1::Operation operation) {
  if (CarriesFirstStep(operation) || operation == v1::OPERATION_READMISSION_TRANSIT_STEP) return absl::OkStatus();
  return Error(absl::StatusCode::kUnimplemented, "OPERATION_UNKNOWN",
               absl::StrCat("transit does not serve ", v1::Operation_Name(operation)));
}

StepCarrier CarrierOf(const v1::MessageHeader& header) {
  return {FormatUuid(header.exchange_id()), FromProto(header.issued_at()), {}};
}

// The exchange that brought the partner's request.
store::Origin OriginOf(const v1::MessageHeader& request) { return {request.exchange_id(), request.from(), false}; }

// True if the file was opened by just this message.
bool CameWith(const v1::TransitFile& file, const v1::MessageHeader& header, const v1::TransitSubmission& submission) {
  const v1::FiledTransitStep& first = file.steps(0);
  return file.requesting_agency() == header.from() && first.exchange_id() == FormatUuid(header.exchange_id()) &&
         MessageDifferencer::Equals(first.step().at(), submission.at());
}

std::unique_ptr<v1::TransitReceived> ReceiptOf(const v1::TransitFile& file) {
  auto received = std::make_unique<v1::TransitReceived>();
  received->set_case_id(file.case_id());
  *received->mutable_received_at() = file.received_at();
  if (file.has_told_reply_due_at()) *received->mutable_reply_due_at() = file.told_reply_due_at();
  return received;
}

// What officers agree to: the step without what is counted and timed anew with each attempt.
std::string ContentOfStep(v1::TransitStep step) {
  step.clear_number();
  step.clear_seen();
  step.clear_at();
  step.clear_received_at();
  return step.SerializeAsString();
}

void ErasePartnersWords(const std::string& own_agency, v1::TransitFile* file) {
  const bool own_requests = file->requesting_agency() == own_agency;
  for (v1::FiledTransitStep& filed : *file->mutable_steps()) {
    if (filed.by_requesting() == own_requests) continue;
    filed.mutable_step()->clear_refusal_code();
    if (!filed.step().reasons().empty()) filed.mutable_step()->set_reasons("erased");
  }
}

}  // namespace

absl::StatusOr<exchange::Answer> TransitDesk::HandleRequest(const exchange::Incoming& request) {
  RETURN_IF_ERROR(CheckOperation(request.header.operation()));
  return CarriesFirstStep(request.header.operation()) ? TakeSubmission(request) : TakeStep(request);
}

absl::StatusOr<exchange::Answer> TransitDesk::TakeSubmission(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::TransitSubmission>(request.body));
  RETURN_IF_ERROR(CheckSubmission(submission, StateOf(parts_.own_agency)));
  const absl::StatusOr<TransitStore::Stored> existing = parts_.transits.Load(submission.case_id());
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

  v1::TransitFile file;
  file.set_case_id(submission.case_id());
  file.set_requesting_agency(request.header.from());
  file.set_requested_agency(parts_.own_agency);
  file.set_treaty_id(request.header.treaty().id());
  file.set_treaty_sha256(request.header.treaty().document_sha256());
  *file.mutable_application() = submission.application();
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
  file.set_treaty_version(law.treaty->version());
  ASSIGN_OR_RETURN(v1::TransitFile opened,
                   OpenFile(file, law, FromProto(submission.at()), CarrierOf(request.header), request.received_at));
  exchange::Answer answer;
  answer.result = ReceiptOf(opened);
  answer.effects = parts_.transits.Save(std::move(opened), OriginOf(request.header));
  // Identifier and times of the case are others each time that the same is asked.
  answer.content = submission.application().SerializeAsString();
  return answer;
}

absl::StatusOr<exchange::Answer> TransitDesk::TakeStep(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto step, domain::ParseBody<v1::TransitStep>(request.body));
  RETURN_IF_ERROR(CheckPartnerStep(step));
  ASSIGN_OR_RETURN(const TransitStore::Stored stored, parts_.transits.Load(step.case_id()));
  const v1::TransitFile& file = stored.file;
  // Nobody learns by an identifier which cases others have here.
  if (file.requesting_agency() != request.header.from() && file.requested_agency() != request.header.from()) {
    return domain::CaseUnknown();
  }
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
  absl::StatusOr<FiledTransit> filed =
      FileStep(file, law, parts_.own_agency, step, CarrierOf(request.header), request.received_at);
  if (!filed.ok()) return readmission::Tellable(filed.status());
  exchange::Answer answer;
  answer.result = std::make_unique<v1::TransitStepRecorded>(std::move(filed->recorded));
  answer.content = ContentOfStep(step);
  if (!filed->is_repeat) answer.effects = parts_.transits.Save(std::move(filed->file), OriginOf(request.header));
  return answer;
}

absl::StatusOr<store::Effects> TransitDesk::HandleSettled(const exchange::Settled& settled) {
  RETURN_IF_ERROR(CheckOperation(settled.header.operation()));
  ASSIGN_OR_RETURN(const KeptCall call, CallOf(settled.header, settled.body));
  absl::StatusOr<TransitStore::Stored> stored = parts_.transits.Load(call.case_id);
  // A partner's application may have been erased while the answer to it waited.
  if (absl::IsNotFound(stored.status())) return store::Effects{};
  RETURN_IF_ERROR(stored.status());
  v1::TransitFile& file = stored->file;
  const bool differed = file.has_diverged_at();
  if (!settled.status.ok() || settled.reply == nullptr) {
    const v1::DeliveryState delivery = settled.reply == nullptr && !settled.header.payload_withheld()
                                           ? v1::DELIVERY_STATE_EXPIRED
                                           : v1::DELIVERY_STATE_REFUSED;
    if (!FailStep(parts_.own_agency, call.exchange_id, delivery, settled.status, &file)) return store::Effects{};
  } else {
    ASSIGN_OR_RETURN(const bool changed, SettleDelivered(settled, call.exchange_id, &file));
    if (!changed) return store::Effects{};
  }
  if (!differed && file.has_diverged_at()) {
    Log(Severity::kError, "the two nodes hold different histories of a transit",
        {{"case", call.case_id}, {"partner", settled.header.to()}});
  }
  return parts_.transits.Save(std::move(file));
}

absl::StatusOr<bool> TransitDesk::SettleDelivered(const exchange::Settled& settled, const std::string& exchange_id,
                                                  v1::TransitFile* file) const {
  v1::FiledTransitStep* step = FindOwnStep(file, parts_.own_agency, exchange_id);
  if (step == nullptr) return false;
  if (CarriesFirstStep(settled.header.operation())) {
    ASSIGN_OR_RETURN(const auto received, domain::ParseBody<v1::TransitReceived>(settled.reply->result()));
    // An application that was released anew may have gone under a later version than it was first sent under.
    file->set_treaty_id(settled.header.treaty().id());
    file->set_treaty_sha256(settled.header.treaty().document_sha256());
    ASSIGN_OR_RETURN(const CaseLaw law, LawOf(*file));
    file->set_treaty_version(law.treaty->version());
    SettleFirst(received, file);
  } else {
    ASSIGN_OR_RETURN(const auto recorded, domain::ParseBody<v1::TransitStepRecorded>(settled.reply->result()));
    ASSIGN_OR_RETURN(const CaseLaw law, LawOf(*file));
    if (!SettleStep(law, parts_.own_agency, exchange_id, recorded, parts_.clock.Now(), file)) return false;
  }
  step->set_exchange_id(FormatUuid(settled.header.exchange_id()));
  return true;
}

absl::StatusOr<store::Effects> TransitDesk::HandleRelease(const exchange::Releasing& releasing) {
  ASSIGN_OR_RETURN(const KeptCall call, CallOf(releasing.header, releasing.body));
  absl::StatusOr<TransitStore::Stored> stored = parts_.transits.Load(call.case_id);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  if (!stored.ok() || !Reopen(parts_.own_agency, call.exchange_id, &stored->file)) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_RELEASABLE",
                 "the case has gone on without this step, or is not here any more; its officers take it anew");
  }
  return parts_.transits.Save(std::move(stored->file));
}

absl::StatusOr<KeptCall> TransitDesk::CallOf(const v1::MessageHeader& header, const std::string& body) const {
  const absl::StatusOr<std::string> kept = keys_.IdOf(header.idempotency_key());
  if (kept.ok()) return readmission::ReadKeptCall(*kept);
  if (!absl::IsNotFound(kept.status()) || header.payload_withheld()) return kept.status();
  const std::string exchange_id = FormatUuid(header.exchange_id());
  if (CarriesFirstStep(header.operation())) {
    ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::TransitSubmission>(body));
    return KeptCall{submission.case_id(), exchange_id};
  }
  ASSIGN_OR_RETURN(const auto step, domain::ParseBody<v1::TransitStep>(body));
  return KeptCall{step.case_id(), exchange_id};
}

absl::StatusOr<store::Effects> TransitDesk::HandleErasure(const exchange::Erasure& erasure) {
  store::Effects effects;
  for (const store::RecordRow& row : erasure.records) {
    ASSIGN_OR_RETURN(TransitStore::Stored stored, parts_.transits.Load(row.id));
    if (IsOwn(stored.file)) {
      ErasePartnersWords(parts_.own_agency, &stored.file);
      effects.Add(parts_.transits.Save(std::move(stored.file)));
    } else {
      effects.Add(parts_.transits.Remove(stored.file));
    }
  }
  return effects;
}

absl::Time TransitDesk::LawAsOf(const v1::MessageHeader& header, const std::string& body) const {
  if (CarriesFirstStep(header.operation())) return absl::InfiniteFuture();
  v1::TransitStep step;
  if (!step.ParseFromString(body)) return absl::InfiniteFuture();
  const absl::StatusOr<TransitStore::Stored> stored = parts_.transits.Load(step.case_id());
  if (!stored.ok() || !stored->file.has_pinned_at()) return absl::InfiniteFuture();
  const v1::TransitFile& file = stored->file;
  const bool is_theirs = (file.requesting_agency() == header.from() && file.requested_agency() == header.to()) ||
                         (file.requested_agency() == header.from() && file.requesting_agency() == header.to());
  return is_theirs ? FromProto(file.pinned_at()) : absl::InfiniteFuture();
}

}  // namespace tamga::transit
