#include "node/readmission/request_checks.h"

#include <algorithm>

#include "adapters/interior_ministry/application_json.h"
#include "adapters/record_limits.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/record_id.h"
#include "node/exchange/call_context.h"

namespace tamga::readmission {
namespace {

absl::Status CheckReadmissionContext(const v1::CallContext& context) {
  RETURN_IF_ERROR(exchange::CheckContext(context));
  if (context.purpose() == v1::PURPOSE_READMISSION) return absl::OkStatus();
  return InvalidField("context.purpose", "must be READMISSION");
}

absl::Status CheckFact(const std::string& field, v1::Ternary value) {
  if (v1::Ternary_IsValid(value)) return absl::OkStatus();
  return InvalidField(field, "must be YES, NO or left out");
}

absl::Status CheckSafeguards(const v1::SubmitReadmissionRequest& request) {
  if (!request.has_safeguards()) {
    return InvalidField("safeguards", "is required: say what was checked before sending");
  }
  const v1::ReadmissionSafeguards& safeguards = request.safeguards();
  RETURN_IF_ERROR(CheckFact("safeguards.asylum_claim_open", safeguards.asylum_claim_open()));
  RETURN_IF_ERROR(CheckFact("safeguards.trafficking_indicator", safeguards.trafficking_indicator()));
  return CheckFact("safeguards.unaccompanied_minor", safeguards.unaccompanied_minor());
}

absl::Status CheckApplication(const v1::ReadmissionApplication& application) {
  const absl::Status status = adapters::CheckApplication(application);
  return status.ok() ? status : Annotate(status, "application");
}

// Reasons may have several lines.
absl::Status CheckReasons(std::string reasons) {
  std::replace(reasons.begin(), reasons.end(), '\n', ' ');
  return CheckText("reasons", reasons, adapters::kMaxTextBytes);
}

absl::Status CheckOutcome(v1::ReadmissionState state, v1::RefusalCode code, const std::string& reasons) {
  RETURN_IF_ERROR(CheckReasons(reasons));
  if (state == v1::READMISSION_STATE_ACCEPTED) {
    if (code == v1::REFUSAL_CODE_UNSPECIFIED) return absl::OkStatus();
    return InvalidField("refusal_code", "belongs to REFUSED; leave it out with ACCEPTED");
  }
  if (state != v1::READMISSION_STATE_REFUSED) return InvalidField("state", "must be ACCEPTED or REFUSED");
  if (code == v1::REFUSAL_CODE_UNSPECIFIED || !v1::RefusalCode_IsValid(code)) {
    return InvalidField("refusal_code", "is required with REFUSED");
  }
  if (reasons.empty()) return InvalidField("reasons", "are required in writing with REFUSED");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSubmission(const v1::SubmitReadmissionRequest& request, const std::string& own_agency) {
  RETURN_IF_ERROR(CheckReadmissionContext(request.context()));
  RETURN_IF_ERROR(CheckAgency("requested_agency", request.requested_agency()));
  if (request.requested_agency() == own_agency) {
    return InvalidField("requested_agency", "must be the agency of a partner, not the own one");
  }
  RETURN_IF_ERROR(CheckSafeguards(request));
  return CheckApplication(request.application());
}

absl::Status CheckReply(const v1::ReplyToReadmissionRequest& request) {
  RETURN_IF_ERROR(CheckReadmissionContext(request.context()));
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  return CheckOutcome(request.state(), request.refusal_code(), request.reasons());
}

absl::Status CheckSubmission(const v1::ReadmissionSubmission& submission) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", submission.case_id()));
  return CheckApplication(submission.application());
}

absl::Status CheckDecision(const v1::ReadmissionDecision& decision) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", decision.case_id()));
  if (!decision.has_decided_at()) return InvalidField("decided_at", "is required");
  return CheckOutcome(decision.state(), decision.refusal_code(), decision.reasons());
}

}  // namespace tamga::readmission
