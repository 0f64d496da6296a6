#include "node/transit/transit_checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/country_codes.h"
#include "adapters/interior_ministry/application_json.h"
#include "adapters/record_limits.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/record_id.h"
#include "node/readmission/request_checks.h"
#include "node/readmission/step_checks.h"
#include "node/transit/transit_table.h"

namespace tamga::transit {
namespace {

absl::Status CheckRoute(const v1::TransitApplication& application, const std::string& requested_state) {
  if (!adapters::IsStateCode(application.destination_state())) {
    return InvalidField("destination_state", "must be an ISO 3166 alpha-3 code, such as UZB");
  }
  if (application.destination_state() == requested_state) {
    return InvalidField("destination_state",
                        "must lie beyond the requested State; to return a person there, apply for readmission");
  }
  for (int i = 0; i < application.other_transit_states_size(); ++i) {
    if (adapters::IsStateCode(application.other_transit_states(i))) continue;
    return InvalidField(absl::StrCat("other_transit_states[", i, "]"), "must be an ISO 3166 alpha-3 code, such as TJK");
  }
  if (application.entry_point().empty()) return InvalidField("entry_point", "is required");
  if (application.exit_point().empty()) return InvalidField("exit_point", "is required");
  if (!application.has_enters_at()) return InvalidField("enters_at", "is required");
  if (application.means().empty()) return InvalidField("means", "is required, such as \"road\"");
  return absl::OkStatus();
}

absl::Status CheckDeclared(const v1::TransitApplication& application) {
  for (const auto& [field, declared] : {std::pair("no_direct_way", application.no_direct_way()),
                                        std::pair("onward_travel_assured", application.onward_travel_assured()),
                                        std::pair("admission_assured", application.admission_assured()),
                                        std::pair("no_refusal_ground_known", application.no_refusal_ground_known())}) {
    if (!declared) return InvalidField(field, "must be true: transit is asked for only where it can be declared");
  }
  return absl::OkStatus();
}

absl::Status CheckParts(const v1::TransitApplication& application, const std::string& requested_state) {
  RETURN_IF_ERROR(adapters::CheckRecordLimits(application));
  RETURN_IF_ERROR(adapters::CheckApplication(PersonOf(application)));
  if (application.documents().empty()) return InvalidField("documents", "must hold the one the person travels on");
  RETURN_IF_ERROR(CheckRoute(application, requested_state));
  for (int i = 0; i < application.escorts_size(); ++i) {
    RETURN_IF_ERROR(readmission::CheckEscort(absl::StrCat("escorts[", i, "]"), application.escorts(i)));
  }
  return CheckDeclared(application);
}

absl::Status CheckApplication(const v1::TransitApplication& application, const std::string& requested_state) {
  const absl::Status status = CheckParts(application, requested_state);
  return status.ok() ? status : Annotate(status, "application");
}

// What an officer says of a step.
absl::Status CheckSaid(const v1::TransitStep& step) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", step.case_id()));
  if (OperationOf(step.kind()) != v1::OPERATION_READMISSION_TRANSIT_STEP) {
    return InvalidField("kind", "must be a step that an officer takes, such as CONSENT or REVOKE");
  }
  const bool is_reasoned = step.kind() == v1::TRANSIT_STEP_KIND_REFUSE || step.kind() == v1::TRANSIT_STEP_KIND_REVOKE;
  const bool has_code = step.refusal_code() != v1::TRANSIT_REFUSAL_CODE_UNSPECIFIED;
  if (!v1::TransitRefusalCode_IsValid(step.refusal_code())) {
    return InvalidField("refusal_code", "must be one of the codes of the contract");
  }
  const std::string required = absl::StrCat("is required with ", NameOf(step.kind()));
  const std::string foreign = absl::StrCat("does not belong to ", NameOf(step.kind()), "; leave it out");
  if (is_reasoned != has_code) return InvalidField("refusal_code", is_reasoned ? required : foreign);
  if (is_reasoned && step.reasons().empty()) return InvalidField("reasons", required);
  const bool may_have_reasons = is_reasoned || step.kind() == v1::TRANSIT_STEP_KIND_WITHDRAW;
  if (!may_have_reasons && !step.reasons().empty()) return InvalidField("reasons", foreign);
  return adapters::CheckRecordLimits(step);
}

absl::Status CheckCallerStep(const v1::TransitStep& step) {
  const absl::string_view by_node = "is set by the node; leave it out";
  if (step.number() != 0) return InvalidField("number", by_node);
  if (step.seen() != 0) return InvalidField("seen", by_node);
  if (step.has_at()) return InvalidField("at", by_node);
  if (step.has_received_at()) return InvalidField("received_at", by_node);
  return CheckSaid(step);
}

// The history counts in microseconds: a finer time could not be told apart from the next.
absl::Status CheckTime(absl::string_view field, const google::protobuf::Timestamp& time) {
  if (time.nanos() % 1000 == 0) return absl::OkStatus();
  return InvalidField(field, "must be a time to the microsecond");
}

}  // namespace

v1::ReadmissionApplication PersonOf(const v1::TransitApplication& application) {
  v1::ReadmissionApplication person;
  // To the State that they pass through, who they are is all the same.
  person.set_category(v1::PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL);
  *person.mutable_names() = application.names();
  if (application.has_born_on()) *person.mutable_born_on() = application.born_on();
  person.set_born_at(application.born_at());
  person.set_sex(application.sex());
  *person.mutable_nationalities() = application.nationalities();
  *person.mutable_documents() = application.documents();
  return person;
}

absl::Status CheckSubmit(const v1::SubmitTransitRequest& request, const std::string& own_agency) {
  RETURN_IF_ERROR(readmission::CheckReadmissionContext(request.context()));
  RETURN_IF_ERROR(CheckAgency("requested_agency", request.requested_agency()));
  if (request.requested_agency() == own_agency) {
    return InvalidField("requested_agency", "must be the agency of a partner, not the own one");
  }
  RETURN_IF_ERROR(readmission::CheckSafeguards(request.has_safeguards() ? &request.safeguards() : nullptr));
  return CheckApplication(request.application(), StateOf(request.requested_agency()));
}

absl::Status CheckAct(const v1::ActOnTransitRequest& request) {
  RETURN_IF_ERROR(readmission::CheckReadmissionContext(request.context()));
  const absl::Status form = CheckCallerStep(request.step());
  return form.ok() ? form : Annotate(form, "step");
}

absl::Status CheckSubmission(const v1::TransitSubmission& submission, const std::string& requested_state) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", submission.case_id()));
  RETURN_IF_ERROR(CheckApplication(submission.application(), requested_state));
  if (!submission.has_at()) return InvalidField("at", "is required");
  RETURN_IF_ERROR(CheckTime("at", submission.at()));
  return readmission::CheckChecksDone(submission.checks());
}

absl::Status CheckPartnerStep(const v1::TransitStep& step) {
  RETURN_IF_ERROR(CheckSaid(step));
  if (step.number() == 0) return InvalidField("number", "is required, from 1");
  if (!step.has_at()) return InvalidField("at", "is required");
  RETURN_IF_ERROR(CheckTime("at", step.at()));
  return CheckTime("received_at", step.received_at());
}

}  // namespace tamga::transit
