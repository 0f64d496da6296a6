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
#include "node/readmission/readmission_desk.h"

namespace tamga::readmission {
namespace {

bool CarriesFirstStep(v1::Operation operation) {
  return operation == v1::OPERATION_READMISSION_SUBMIT || operation == v1::OPERATION_READMISSION_NOTIFY;
}

std::string ReasonCodeOf(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

}  // namespace

absl::StatusOr<store::Effects> ReadmissionDesk::SettleOwn(const exchange::Settled& settled) {
  ASSIGN_OR_RETURN(const std::string case_id, CaseOf(settled));
  absl::StatusOr<CaseStore::Stored> stored = parts_.cases.Load(case_id);
  // A partner's application may have been erased while the answer to it waited.
  if (absl::IsNotFound(stored.status())) return store::Effects{};
  RETURN_IF_ERROR(stored.status());
  v1::ReadmissionFile& file = stored->file;
  const std::string exchange_id = FormatUuid(settled.header.exchange_id());
  v1::FiledStep* step = FindOwnStep(&file, parts_.own_agency, exchange_id);
  if (step == nullptr) return store::Effects{};

  const bool differed = file.has_diverged_at();
  if (!settled.status.ok() || settled.reply == nullptr) {
    const v1::DeliveryState delivery =
        settled.reply == nullptr && !settled.header.payload_withheld() ? v1::DELIVERY_STATE_EXPIRED
                                                                       : v1::DELIVERY_STATE_REFUSED;
    if (!FailStep(parts_.own_agency, exchange_id, delivery, ReasonCodeOf(settled.status), &file)) {
      return store::Effects{};
    }
    if (step->failed()) KeepFailure(settled.status, step);
  } else if (CarriesFirstStep(settled.header.operation())) {
    ASSIGN_OR_RETURN(const auto received, domain::ParseBody<v1::ReadmissionReceived>(settled.reply->result()));
    SettleFirst(received, &file);
  } else {
    ASSIGN_OR_RETURN(const auto recorded, domain::ParseBody<v1::ReadmissionStepRecorded>(settled.reply->result()));
    ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
    if (!SettleStep(law, parts_.own_agency, exchange_id, recorded, parts_.clock.Now(), &file)) return store::Effects{};
  }
  if (!differed && file.has_diverged_at()) {
    Log(Severity::kError, "the two nodes hold different histories of a case",
        {{"case", case_id}, {"partner", settled.header.to()}});
  }
  return parts_.cases.Save(std::move(file));
}

absl::StatusOr<std::string> ReadmissionDesk::CaseOf(const exchange::Settled& settled) const {
  if (settled.header.payload_withheld()) {
    ASSIGN_OR_RETURN(const std::string kept, keys_.IdOf(settled.header.idempotency_key()));
    return ReadKeptCall(kept).case_id;
  }
  if (CarriesFirstStep(settled.header.operation())) {
    ASSIGN_OR_RETURN(const auto submission, domain::ParseBody<v1::ReadmissionSubmission>(settled.body));
    return submission.case_id();
  }
  ASSIGN_OR_RETURN(const auto step, domain::ParseBody<v1::ReadmissionStep>(settled.body));
  return step.case_id();
}

}  // namespace tamga::readmission
