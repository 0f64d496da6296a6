#include "node/readmission/request_checks.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "adapters/interior_ministry/application_json.h"
#include "adapters/record_limits.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/record_id.h"
#include "node/exchange/call_context.h"
#include "node/readmission/step_checks.h"

namespace tamga::readmission {
namespace {

absl::Status CheckFact(const std::string& field, v1::Ternary value) {
  if (v1::Ternary_IsValid(value)) return absl::OkStatus();
  return InvalidField(field, "must be YES, NO or left out");
}

absl::Status CheckProcedure(v1::ReadmissionProcedure procedure) {
  if (v1::ReadmissionProcedure_IsValid(procedure)) return absl::OkStatus();
  return InvalidField("procedure", "must be NORMAL, ACCELERATED or NOTICE");
}

// What the procedure asks of the application beside its form.
absl::Status CheckForProcedure(const v1::ReadmissionApplication& application, v1::ReadmissionProcedure procedure) {
  const std::string& known_on = application.known_on();
  absl::CivilDay day;
  if (!known_on.empty() && (known_on.size() != 10 || !absl::ParseCivilTime(known_on, &day))) {
    return InvalidField("application.known_on", "must be a day that exists, YYYY-MM-DD");
  }
  if (procedure != v1::READMISSION_PROCEDURE_ACCELERATED) return absl::OkStatus();
  if (known_on.empty()) return InvalidField("application.known_on", "is required with ACCELERATED");
  if (application.apprehension().empty())
    return InvalidField("application.apprehension", "is required with ACCELERATED");
  return absl::OkStatus();
}

// It is no step of officers of both sides, and has no particulars.
absl::Status CheckClose(const v1::ReadmissionStep& step) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", step.case_id()));
  v1::ReadmissionStep bare;
  bare.set_case_id(step.case_id());
  bare.set_kind(step.kind());
  if (google::protobuf::util::MessageDifferencer::Equals(step, bare)) return absl::OkStatus();
  return InvalidField("kind", "CLOSE takes the case alone; leave everything else out");
}

absl::Status CheckApplication(const v1::ReadmissionApplication& application) {
  const absl::Status status = adapters::CheckApplication(application);
  return status.ok() ? status : Annotate(status, "application");
}

}  // namespace

absl::Status CheckReadmissionContext(const v1::CallContext& context) {
  RETURN_IF_ERROR(exchange::CheckContext(context));
  if (context.purpose() == v1::PURPOSE_READMISSION) return absl::OkStatus();
  return InvalidField("context.purpose", "must be READMISSION");
}

absl::Status CheckSafeguards(const v1::ReadmissionSafeguards* safeguards) {
  if (safeguards == nullptr) return InvalidField("safeguards", "is required: say what was checked before sending");
  RETURN_IF_ERROR(CheckFact("safeguards.asylum_claim_open", safeguards->asylum_claim_open()));
  RETURN_IF_ERROR(CheckFact("safeguards.trafficking_indicator", safeguards->trafficking_indicator()));
  RETURN_IF_ERROR(CheckFact("safeguards.unaccompanied_minor", safeguards->unaccompanied_minor()));
  return CheckFact("safeguards.medical_hold", safeguards->medical_hold());
}

absl::Status CheckChecksDone(const v1::ChecksDone& checks) {
  if (!checks.has_at()) return InvalidField("checks.at", "is required");
  if (checks.nothing_stands_in_the_way()) return absl::OkStatus();
  return InvalidField("checks.nothing_stands_in_the_way", "must be true: the sender vouches for it");
}

absl::Status CheckSubmission(const v1::SubmitReadmissionRequest& request, const std::string& own_agency) {
  RETURN_IF_ERROR(CheckReadmissionContext(request.context()));
  RETURN_IF_ERROR(CheckAgency("requested_agency", request.requested_agency()));
  if (request.requested_agency() == own_agency) {
    return InvalidField("requested_agency", "must be the agency of a partner, not the own one");
  }
  RETURN_IF_ERROR(CheckSafeguards(request.has_safeguards() ? &request.safeguards() : nullptr));
  RETURN_IF_ERROR(CheckProcedure(request.procedure()));
  RETURN_IF_ERROR(CheckApplication(request.application()));
  return CheckForProcedure(request.application(), request.procedure());
}

absl::Status CheckAct(const v1::ActOnReadmissionCaseRequest& request) {
  RETURN_IF_ERROR(CheckReadmissionContext(request.context()));
  const v1::ReadmissionStep& step = request.step();
  const absl::Status form = step.kind() == v1::READMISSION_STEP_KIND_CLOSE ? CheckClose(step) : CheckCallerStep(step);
  return form.ok() ? form : Annotate(form, "step");
}

absl::Status CheckPrint(const v1::PrintReadmissionFormRequest& request) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  RETURN_IF_ERROR(CheckReadmissionContext(request.context()));
  if (request.form() == v1::READMISSION_FORM_UNSPECIFIED || !v1::ReadmissionForm_IsValid(request.form())) {
    return InvalidField("form", "must be APPLICATION or DECISION");
  }
  if (request.format() == v1::FORM_FORMAT_UNSPECIFIED || !v1::FormFormat_IsValid(request.format())) {
    return InvalidField("format", "must be HTML or PDF");
  }
  const std::string& language = request.language();
  if (language.size() != 2 ||
      !std::all_of(language.begin(), language.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    return InvalidField("language", "must be two small letters, such as \"en\"");
  }
  return absl::OkStatus();
}

absl::Status CheckSubmission(const v1::ReadmissionSubmission& submission, bool notice) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", submission.case_id()));
  RETURN_IF_ERROR(CheckApplication(submission.application()));
  RETURN_IF_ERROR(CheckProcedure(submission.procedure()));
  if (submission.procedure() == v1::READMISSION_PROCEDURE_UNSPECIFIED) return InvalidField("procedure", "is required");
  if (notice != (submission.procedure() == v1::READMISSION_PROCEDURE_NOTICE)) {
    return InvalidField("procedure", "must be NOTICE with a notice, and with nothing else");
  }
  RETURN_IF_ERROR(CheckForProcedure(submission.application(), submission.procedure()));
  if (!submission.has_at()) return InvalidField("at", "is required");
  if (submission.at().nanos() % 1000 != 0) return InvalidField("at", "must be a time to the microsecond");
  return CheckChecksDone(submission.checks());
}

}  // namespace tamga::readmission
