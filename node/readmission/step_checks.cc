#include "node/readmission/step_checks.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/country_codes.h"
#include "adapters/interior_ministry/application_json.h"
#include "adapters/partial_date.h"
#include "adapters/record_limits.h"
#include "google/protobuf/descriptor.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/record_id.h"
#include "node/readmission/case_table.h"
#include "policy/day.h"

namespace tamga::readmission {
namespace {

constexpr size_t kMaxFileNumberBytes = 100;

// The particulars of a kind beside case and kind. Required ones are checked one by one.
struct Particulars {
  std::set<std::string> required;
  std::set<std::string> optional;
};

Particulars ParticularsOf(v1::ReadmissionStepKind kind) {
  switch (kind) {
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
      return {{"incomplete_code", "reasons"}, {}};
    case v1::READMISSION_STEP_KIND_RESUBMIT:
      return {{"application"}, {}};
    case v1::READMISSION_STEP_KIND_REPORT_INTERVIEW:
      return {{"interview"}, {"reasons"}};
    case v1::READMISSION_STEP_KIND_EXTEND:
    case v1::READMISSION_STEP_KIND_CLAIM_ERROR:
      return {{"reasons"}, {}};
    case v1::READMISSION_STEP_KIND_REFUSE:
      return {{"refusal_code", "reasons"}, {}};
    case v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT:
      return {{"travel_document"}, {}};
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
    case v1::READMISSION_STEP_KIND_AGREE_TRANSFER:
      return {{"transfer"}, {}};
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER:
      return {{"until", "reasons"}, {}};
    case v1::READMISSION_STEP_KIND_HAND_OVER:
    case v1::READMISSION_STEP_KIND_TAKE_OVER:
      return {{"hand_over"}, {}};
    case v1::READMISSION_STEP_KIND_WITHDRAW:
      return {{"withdrawal_code"}, {"reasons"}};
    case v1::READMISSION_STEP_KIND_HOLD:
      return {{"hold_code"}, {"reasons"}};
    default:
      return {};
  }
}

bool IsRequestedSides(v1::ReadmissionStepKind kind) {
  for (const CaseRow& row : CaseTable()) {
    if (row.kind == kind) return MayTake(row, false);
  }
  return false;
}

bool IsSet(const v1::ReadmissionStep& step, const google::protobuf::FieldDescriptor& field) {
  return step.GetReflection()->HasField(step, &field);
}

// That what is required is there, and nothing that is not the kind's. `node_fields` are those that a node sets.
absl::Status CheckPresence(const v1::ReadmissionStep& step, const std::set<std::string>& node_fields) {
  Particulars particulars = ParticularsOf(step.kind());
  if (IsRequestedSides(step.kind())) particulars.optional.insert("file_number");
  const google::protobuf::Descriptor& type = *v1::ReadmissionStep::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& name = type.field(i)->name();
    if (name == "case_id" || name == "kind" || node_fields.count(name) != 0) continue;
    const bool is_set = IsSet(step, *type.field(i));
    if (!is_set && particulars.required.count(name) != 0) {
      return InvalidField(name, absl::StrCat("is required with ", NameOf(step.kind())));
    }
    if (is_set && particulars.required.count(name) == 0 && particulars.optional.count(name) == 0) {
      return InvalidField(name, absl::StrCat("does not belong to ", NameOf(step.kind()), "; leave it out"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCodes(const v1::ReadmissionStep& step) {
  const absl::string_view unknown = "must be one of the codes of the contract";
  if (!v1::IncompleteCode_IsValid(step.incomplete_code())) return InvalidField("incomplete_code", unknown);
  if (!v1::RefusalCode_IsValid(step.refusal_code())) return InvalidField("refusal_code", unknown);
  if (!v1::WithdrawalCode_IsValid(step.withdrawal_code())) return InvalidField("withdrawal_code", unknown);
  if (!v1::HoldCode_IsValid(step.hold_code())) return InvalidField("hold_code", unknown);
  return absl::OkStatus();
}

absl::Status CheckDay(absl::string_view field, const std::string& day) {
  if (policy::ParseDay(day).has_value()) return absl::OkStatus();
  return InvalidField(field, "must be a day that exists, YYYY-MM-DD");
}

absl::Status CheckInterview(const v1::ReadmissionStep& step) {
  const v1::InterviewReport& interview = step.interview();
  RETURN_IF_ERROR(CheckDay("interview.held_on", interview.held_on()));
  if (interview.result() == v1::INTERVIEW_RESULT_UNSPECIFIED || !v1::InterviewResult_IsValid(interview.result())) {
    return InvalidField("interview.result", "is required: CONFIRMED, NOT_CONFIRMED or OPEN");
  }
  if (interview.result() == v1::INTERVIEW_RESULT_NOT_CONFIRMED && step.reasons().empty()) {
    return InvalidField("reasons", "are required in writing where nationality is not confirmed");
  }
  return absl::OkStatus();
}

absl::Status CheckDocument(const std::string& path, const v1::TravelDocument& document) {
  if (document.kind().empty()) return InvalidField(path + ".kind", "is required, such as \"return certificate\"");
  if (!document.issuing_state().empty() && !adapters::IsIssuerCode(document.issuing_state())) {
    return InvalidField(path + ".issuing_state", "must be an ISO 3166 alpha-3 or ICAO 9303 code, such as KAZ or XXA");
  }
  RETURN_IF_ERROR(adapters::CheckPartialDate(path + ".issued_on", document.issued_on()));
  return adapters::CheckPartialDate(path + ".expires_on", document.expires_on());
}

absl::Status CheckIssued(const v1::TravelDocument& document) {
  if (document.number().empty()) return InvalidField("travel_document.number", "is required");
  return CheckDocument("travel_document", document);
}

absl::Status CheckTransfer(const v1::TransferPlan& plan) {
  RETURN_IF_ERROR(CheckDay("transfer.day", plan.day()));
  if (plan.crossing_point().empty()) return InvalidField("transfer.crossing_point", "is required");
  if (plan.means().empty()) return InvalidField("transfer.means", "is required, such as \"road\"");
  for (int i = 0; i < plan.escorts_size(); ++i) {
    RETURN_IF_ERROR(CheckEscort(absl::StrCat("transfer.escorts[", i, "]"), plan.escorts(i)));
  }
  return absl::OkStatus();
}

absl::Status CheckHandOver(const v1::HandOverRecord& record) {
  if (!record.has_at()) return InvalidField("hand_over.at", "is required");
  if (record.crossing_point().empty()) return InvalidField("hand_over.crossing_point", "is required");
  if (record.officer_number().empty()) return InvalidField("hand_over.officer_number", "is required");
  return absl::OkStatus();
}

absl::Status CheckParticulars(const v1::ReadmissionStep& step) {
  RETURN_IF_ERROR(CheckCodes(step));
  if (step.has_interview()) RETURN_IF_ERROR(CheckInterview(step));
  if (step.has_travel_document()) RETURN_IF_ERROR(CheckIssued(step.travel_document()));
  if (step.has_transfer()) RETURN_IF_ERROR(CheckTransfer(step.transfer()));
  if (step.has_hand_over()) RETURN_IF_ERROR(CheckHandOver(step.hand_over()));
  if (!step.until().empty()) RETURN_IF_ERROR(CheckDay("until", step.until()));
  if (step.file_number().size() > kMaxFileNumberBytes) {
    return InvalidField("file_number", absl::StrCat("must have at most ", kMaxFileNumberBytes, " bytes"));
  }
  RETURN_IF_ERROR(adapters::CheckRecordLimits(step));
  if (!step.has_application()) return absl::OkStatus();
  const absl::Status application = adapters::CheckApplication(step.application());
  return application.ok() ? application : Annotate(application, "application");
}

absl::Status CheckKind(v1::ReadmissionStepKind kind) {
  switch (OperationOf(kind)) {
    case v1::OPERATION_READMISSION_REPLY:
    case v1::OPERATION_READMISSION_STEP:
    case v1::OPERATION_READMISSION_TRAVEL_DOCUMENT:
    case v1::OPERATION_READMISSION_TRANSFER:
      return absl::OkStatus();
    default:
      return InvalidField("kind", "must be a step that an officer takes in a case, such as VERIFY or ACCEPT");
  }
}

// The history counts in microseconds: a finer time could not be told apart from the next.
absl::Status CheckTime(absl::string_view field, const google::protobuf::Timestamp& time) {
  if (time.nanos() % 1000 == 0) return absl::OkStatus();
  return InvalidField(field, "must be a time to the microsecond");
}

}  // namespace

absl::Status CheckEscort(const std::string& path, const v1::Escort& escort) {
  const v1::PersonName& name = escort.name();
  if (name.surname().empty() && name.given_names().empty() && name.full_name().empty()) {
    return InvalidField(path + ".name", "must have a surname, given names or a full name");
  }
  return escort.has_document() ? CheckDocument(path + ".document", escort.document()) : absl::OkStatus();
}

absl::Status CheckCallerStep(const v1::ReadmissionStep& step) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", step.case_id()));
  RETURN_IF_ERROR(CheckKind(step.kind()));
  RETURN_IF_ERROR(CheckPresence(step, {}));
  return CheckParticulars(step);
}

absl::Status CheckPartnerStep(const v1::ReadmissionStep& step) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", step.case_id()));
  RETURN_IF_ERROR(CheckKind(step.kind()));
  RETURN_IF_ERROR(CheckPresence(step, {"number", "seen", "at", "received_at"}));
  if (step.number() == 0) return InvalidField("number", "is required, from 1");
  if (!step.has_at()) return InvalidField("at", "is required");
  RETURN_IF_ERROR(CheckTime("at", step.at()));
  RETURN_IF_ERROR(CheckTime("received_at", step.received_at()));
  return CheckParticulars(step);
}

}  // namespace tamga::readmission
