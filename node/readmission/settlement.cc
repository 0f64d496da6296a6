// What came of the desk's own messages: answered, refused, or expired.
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/typed.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/filed_steps.h"
#include "node/readmission/own_call.h"
#include "node/readmission/readmission_desk.h"

namespace tamga::readmission {
namespace {

bool CarriesFirstStep(v1::Operation operation) {
  return operation == v1::OPERATION_READMISSION_SUBMIT || operation == v1::OPERATION_READMISSION_NOTIFY;
}

}  // namespace

absl::StatusOr<store::Effects> ReadmissionDesk::SettleOwn(const exchange::Settled& settled) {
  ASSIGN_OR_RETURN(const KeptCall call, CallOf(settled.header, settled.body));
  absl::StatusOr<CaseStore::Stored> stored = parts_.cases.Load(call.case_id);
  // A partner's application may have been erased while the answer to it waited.
  if (absl::IsNotFound(stored.status())) return store::Effects{};
  RETURN_IF_ERROR(stored.status());
  v1::ReadmissionFile& file = stored->file;
  v1::FiledStep* step = FindOwnStep(&file, parts_.own_agency, call.exchange_id);
  if (step == nullptr) return store::Effects{};

  const bool differed = file.has_diverged_at();
  if (!settled.status.ok() || settled.reply == nullptr) {
    const v1::DeliveryState delivery = settled.reply == nullptr && !settled.header.payload_withheld()
                                           ? v1::DELIVERY_STATE_EXPIRED
                                           : v1::DELIVERY_STATE_REFUSED;
    if (!FailStep(parts_.own_agency, call.exchange_id, delivery, ReasonCodeOf(settled.status), &file)) {
      return store::Effects{};
    }
    if (step->failed()) KeepFailure(settled.status, step);
  } else {
    ASSIGN_OR_RETURN(const bool changed, SettleDelivered(settled, call.exchange_id, &file));
    if (!changed) return store::Effects{};
    step->set_exchange_id(FormatUuid(settled.header.exchange_id()));
  }
  if (!differed && file.has_diverged_at()) {
    Log(Severity::kError, "the two nodes hold different histories of a case",
        {{"case", call.case_id}, {"partner", settled.header.to()}});
  }
  return parts_.cases.Save(std::move(file));
}

absl::StatusOr<bool> ReadmissionDesk::SettleDelivered(const exchange::Settled& settled, const std::string& exchange_id,
                                                      v1::ReadmissionFile* file) const {
  if (!CarriesFirstStep(settled.header.operation())) {
    ASSIGN_OR_RETURN(const auto recorded, domain::ParseBody<v1::ReadmissionStepRecorded>(settled.reply->result()));
    ASSIGN_OR_RETURN(const CaseLaw law, LawOf(*file));
    return SettleStep(law, parts_.own_agency, exchange_id, recorded, parts_.clock.Now(), file);
  }
  ASSIGN_OR_RETURN(const auto received, domain::ParseBody<v1::ReadmissionReceived>(settled.reply->result()));
  // An application that was released anew may have gone under a later version than it was first sent under.
  file->set_treaty_id(settled.header.treaty().id());
  file->set_treaty_sha256(settled.header.treaty().document_sha256());
  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(*file));
  file->set_treaty_version(law.treaty->version());
  SettleFirst(received, parts_.clock.Now(), file);
  return true;
}

absl::StatusOr<store::Effects> ReadmissionDesk::HandleRelease(const exchange::Releasing& releasing) {
  ASSIGN_OR_RETURN(const KeptCall call, CallOf(releasing.header, releasing.body));
  absl::StatusOr<CaseStore::Stored> stored = parts_.cases.Load(call.case_id);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  const bool is_over = !stored.ok() || stored->file.closed() || stored->file.has_erased_at();
  if (is_over || !Reopen(parts_.own_agency, call.exchange_id, &stored->file)) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_RELEASABLE",
                 "the case has gone on without this step, or is not here any more; its officers take it anew");
  }
  const v1::FiledStep& step = *FindOwnStep(stored->file, parts_.own_agency, call.exchange_id);
  ASSIGN_OR_RETURN(const bool is_held_up, IsHeldUp(stored->file, step.step()));
  if (is_held_up) return safeguard::SafeguardStands();
  return parts_.cases.Save(std::move(stored->file));
}

// The other State is not to learn now of a person for whom something has come to stand while the line was down. Of one
// whom it knows the hold follows, in the case's order.
absl::Status ReadmissionDesk::CheckMayLeave(const v1::MessageHeader& header, const std::string& body) const {
  if (!CarriesFirstStep(header.operation())) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(body));
  v1::ReadmissionFile file;
  file.set_case_id(submission.case_id());
  *file.mutable_application() = submission.application();
  v1::ReadmissionStep step;
  step.set_kind(v1::READMISSION_STEP_KIND_SUBMIT);
  ASSIGN_OR_RETURN(const bool is_held_up, IsHeldUp(file, step));
  return is_held_up ? safeguard::SafeguardStands() : absl::OkStatus();
}

absl::StatusOr<KeptCall> ReadmissionDesk::CallOf(const v1::MessageHeader& header, const std::string& body) const {
  const absl::StatusOr<std::string> kept = keys_.IdOf(header.idempotency_key());
  if (kept.ok()) return ReadKeptCall(*kept);
  if (!absl::IsNotFound(kept.status()) || header.payload_withheld()) return kept.status();
  const std::string exchange_id = FormatUuid(header.exchange_id());
  if (CarriesFirstStep(header.operation())) {
    ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(body));
    return KeptCall{submission.case_id(), exchange_id};
  }
  ASSIGN_OR_RETURN(const auto step, domain::ParseBody<v1::ReadmissionStep>(body));
  return KeptCall{step.case_id(), exchange_id};
}

}  // namespace tamga::readmission
