#include "node/readmission/case_fixture.h"

#include <memory>
#include <utility>

#include "absl/time/civil_time.h"
#include "node/base/clock.h"

namespace tamga::readmission {
namespace {

void AddLimit(const std::string& id, v1::CaseClock clock, v1::ReadmissionProcedure procedure, uint32_t hours,
              v1::ClockStart start, v1::OnExpiry on_expiry, v1::Treaty* treaty) {
  v1::TimeLimit& limit = *treaty->add_time_limits();
  limit.set_id(id);
  limit.add_cites("5");
  limit.set_clock(clock);
  limit.set_procedure(procedure);
  limit.set_amount(hours);
  limit.set_unit(v1::TIME_UNIT_HOURS);
  limit.set_start(start);
  limit.set_on_expiry(on_expiry);
}

void AddLimits(v1::Treaty* treaty) {
  const auto any = v1::READMISSION_PROCEDURE_UNSPECIFIED;
  const auto accelerated = v1::READMISSION_PROCEDURE_ACCELERATED;
  AddLimit("submission", v1::CASE_CLOCK_SUBMISSION, any, 180 * 24, v1::CLOCK_START_KNOWLEDGE, v1::ON_EXPIRY_BAR,
           treaty);
  AddLimit("submission-accelerated", v1::CASE_CLOCK_SUBMISSION, accelerated, 48, v1::CLOCK_START_KNOWLEDGE,
           v1::ON_EXPIRY_FALL_BACK, treaty);
  AddLimit("reply", v1::CASE_CLOCK_REPLY, any, 10, v1::CLOCK_START_RECEIPT, v1::ON_EXPIRY_DEEMED_ACCEPTED, treaty);
  AddLimit("reply-accelerated", v1::CASE_CLOCK_REPLY, accelerated, 4, v1::CLOCK_START_RECEIPT, v1::ON_EXPIRY_FALL_BACK,
           treaty);
  AddLimit("extended", v1::CASE_CLOCK_EXTENDED_REPLY, any, 20, v1::CLOCK_START_RECEIPT, v1::ON_EXPIRY_DEEMED_ACCEPTED,
           treaty);
  AddLimit("document", v1::CASE_CLOCK_TRAVEL_DOCUMENT, any, 6, v1::CLOCK_START_TRAVEL_DOCUMENT_ASKED,
           v1::ON_EXPIRY_STANDARD_DOCUMENT, treaty);
  AddLimit("transfer", v1::CASE_CLOCK_TRANSFER, any, 12, v1::CLOCK_START_REPLY, v1::ON_EXPIRY_LAPSE, treaty);
  AddLimit("error", v1::CASE_CLOCK_ERROR_CLAIM, any, 5, v1::CLOCK_START_HAND_OVER, v1::ON_EXPIRY_BAR, treaty);
  AddLimit("closing", v1::CASE_CLOCK_CLOSING, any, 8, v1::CLOCK_START_END, v1::ON_EXPIRY_CLOSE, treaty);
}

void FillTransfer(v1::TransferPlan* plan) {
  plan->set_day("2026-01-06");
  plan->set_crossing_point("Korday");
  plan->set_means("road");
}

}  // namespace

absl::Time CaseStart() { return absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone()); }

v1::Treaty MakeCaseTreaty() {
  v1::Treaty treaty;
  treaty.set_id("READMISSION-TEST");
  treaty.set_version(1);
  AddLimits(&treaty);
  v1::ReadmissionTerms& terms = *treaty.mutable_readmission();
  v1::StepRule& rule = *terms.add_steps();
  rule.add_cites("4");
  for (int kind = v1::READMISSION_STEP_KIND_NOTIFY; kind <= v1::ReadmissionStepKind_MAX; ++kind) {
    rule.add_kinds(static_cast<v1::ReadmissionStepKind>(kind));
  }
  for (const v1::PersonCategory category :
       {v1::PERSON_CATEGORY_OWN_NATIONAL, v1::PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL}) {
    v1::CategoryRule& known = *terms.add_categories();
    known.set_category(category);
    known.add_cites("2");
  }
  v1::EvidenceRule& evidence = *terms.add_evidence();
  evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_INDICATION);
  evidence.add_kinds("statement");
  evidence.add_cites("6");
  return treaty;
}

CaseLaw MakeCaseLaw(const v1::Treaty& treaty) {
  const auto kept = std::make_shared<std::pair<v1::Treaty, policy::Calendars>>(treaty, policy::Calendars());
  return {kept, &kept->first, &kept->second};
}

v1::ReadmissionApplication MakeCaseApplication() {
  v1::ReadmissionApplication application;
  application.set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
  application.add_names()->set_surname("OSMONOV");
  application.mutable_born_on()->set_year(1990);
  application.set_sex("M");
  application.add_nationalities("KGZ");
  application.set_known_on("2026-01-04");
  application.set_apprehension("Korday, on foot");
  v1::TravelDocument& passport = *application.add_documents();
  passport.set_kind("passport");
  passport.set_number("AC0000001");
  passport.mutable_expires_on()->set_year(2030);
  v1::Evidence& evidence = *application.add_evidence();
  evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_INDICATION);
  evidence.set_kind("statement");
  return application;
}

v1::ReadmissionFile MakeEmptyFile(v1::ReadmissionProcedure procedure) {
  v1::ReadmissionFile file;
  file.set_case_id(kCaseId);
  file.set_requesting_agency(kRequestingAgency);
  file.set_requested_agency(kRequestedAgency);
  file.set_treaty_id("READMISSION-TEST");
  file.set_treaty_version(1);
  file.set_procedure(procedure);
  *file.mutable_application() = MakeCaseApplication();
  return file;
}

v1::ReadmissionStep MakeStep(v1::ReadmissionStepKind kind) {
  v1::ReadmissionStep step;
  step.set_case_id(kCaseId);
  step.set_kind(kind);
  switch (kind) {
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
      step.set_incomplete_code(v1::INCOMPLETE_CODE_PARTICULARS);
      step.set_reasons("the place of birth is missing");
      break;
    case v1::READMISSION_STEP_KIND_RESUBMIT:
      *step.mutable_application() = MakeCaseApplication();
      step.mutable_application()->set_born_at("Osh");
      break;
    case v1::READMISSION_STEP_KIND_REPORT_INTERVIEW:
      step.mutable_interview()->set_held_on("2026-01-05");
      step.mutable_interview()->set_result(v1::INTERVIEW_RESULT_CONFIRMED);
      break;
    case v1::READMISSION_STEP_KIND_EXTEND:
    case v1::READMISSION_STEP_KIND_CLAIM_ERROR:
      step.set_reasons("the archive is far away");
      break;
    case v1::READMISSION_STEP_KIND_REFUSE:
      step.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
      step.set_reasons("not in the register");
      break;
    case v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT:
      step.mutable_travel_document()->set_kind("return certificate");
      step.mutable_travel_document()->set_number("R0001");
      break;
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
    case v1::READMISSION_STEP_KIND_AGREE_TRANSFER:
      FillTransfer(step.mutable_transfer());
      break;
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER:
      step.set_until("2026-01-05");
      step.set_reasons("the pass is closed by snow");
      break;
    case v1::READMISSION_STEP_KIND_HAND_OVER:
    case v1::READMISSION_STEP_KIND_TAKE_OVER:
      *step.mutable_hand_over()->mutable_at() = ToProto(CaseStart());
      step.mutable_hand_over()->set_crossing_point("Korday");
      step.mutable_hand_over()->set_officer_number("7");
      break;
    case v1::READMISSION_STEP_KIND_WITHDRAW:
      step.set_withdrawal_code(v1::WITHDRAWAL_CODE_LEFT);
      break;
    case v1::READMISSION_STEP_KIND_HOLD:
      step.set_hold_code(v1::HOLD_CODE_OBSTACLE);
      break;
    default:
      break;
  }
  return step;
}

}  // namespace tamga::readmission
