#include "tests/federation/case_steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"

namespace tamga::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kCrossingPoint[] = "Korday";

absl::CivilDay Today() { return absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()); }

// The treaty's limit of the transfer is the one that lapses.
absl::CivilDay AfterTransferLimit(const v1::ReadmissionCase& seen) {
  absl::CivilDay last = Today();
  for (const v1::RunningClock& clock : seen.clocks()) {
    if (clock.on_expiry() != "LAPSE") continue;
    last = std::max(last, absl::ToCivilDay(FromProto(clock.due_at()), absl::UTCTimeZone()));
  }
  return last + 30;
}

v1::TransferPlan NewPlan() {
  v1::TransferPlan plan;
  plan.set_day(absl::FormatCivilTime(Today() + 14));
  plan.set_crossing_point(kCrossingPoint);
  plan.set_means("road");
  v1::Escort& escort = *plan.add_escorts();
  escort.mutable_name()->set_surname("Specimen");
  escort.set_service("escort service");
  return plan;
}

v1::TransferPlan LastPlan(const v1::ReadmissionCase& seen) {
  v1::TransferPlan plan;
  for (const v1::ReadmissionEvent& event : seen.history()) {
    if (event.kind() == v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER && !event.overtaken())
      plan = event.step().transfer();
  }
  return plan;
}

v1::HandOverRecord Signed() {
  v1::HandOverRecord record;
  *record.mutable_at() = ToProto(absl::Now());
  record.set_crossing_point(kCrossingPoint);
  record.set_officer_number("4711");
  return record;
}

void FillTravelDocument(v1::TravelDocument* document) {
  document->set_kind("certificate on return");
  document->set_number("KG0012345");
  document->set_issuing_state("KGZ");
}

void FillPerson(int number, v1::ReadmissionApplication* application) {
  application->set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
  application->set_requesting_file_number(absl::StrCat("MIA-", number));
  application->add_names()->set_surname("Specimen");
  application->mutable_names(0)->set_given_names("Aibek");
  application->mutable_born_on()->set_year(1991);
  application->mutable_born_on()->set_month(1);
  application->mutable_born_on()->set_day(2);
  application->set_sex("M");
  application->add_nationalities("KGZ");
}

void FillPassport(v1::ReadmissionApplication* application) {
  v1::TravelDocument& passport = *application->add_documents();
  passport.set_kind("passport");
  passport.set_number("PE0012345");
  passport.set_issuing_state("KGZ");
  passport.mutable_expires_on()->set_year(static_cast<uint32_t>(Today().year() + 3));
  v1::Evidence& evidence = *application->add_evidence();
  evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
  evidence.set_kind("passport");
}

// What each side knows for itself is left out.
v1::ReadmissionEvent OfBothSides(v1::ReadmissionEvent event) {
  event.clear_delivery();
  event.clear_log();
  event.clear_noticed_at();
  return event;
}

std::string NameOf(const v1::ReadmissionEvent& event) {
  return absl::StrCat(v1::ReadmissionStepKind_Name(event.kind()), " of ",
                      event.actor().empty() ? "the clock" : event.actor(), event.overtaken() ? ", overtaken" : "");
}

std::vector<std::string> Events(const v1::ReadmissionCase& here, const v1::ReadmissionCase& there) {
  std::vector<std::string> differences;
  const int count = std::min(here.history_size(), there.history_size());
  if (here.history_size() != there.history_size()) {
    differences.push_back(
        absl::StrCat("the histories have ", here.history_size(), " and ", there.history_size(), " events"));
  }
  for (int i = 0; i < count; ++i) {
    if (MessageDifferencer::Equals(OfBothSides(here.history(i)), OfBothSides(there.history(i)))) continue;
    differences.push_back(
        absl::StrCat("event ", i + 1, " differs: ", NameOf(here.history(i)), "; ", NameOf(there.history(i))));
    break;  // what follows is shifted only
  }
  return differences;
}

std::vector<std::string> Clocks(const v1::ReadmissionCase& here, const v1::ReadmissionCase& there) {
  if (here.clocks_size() != there.clocks_size()) {
    return {absl::StrCat("there run ", here.clocks_size(), " and ", there.clocks_size(), " clocks")};
  }
  std::vector<std::string> differences;
  for (int i = 0; i < here.clocks_size(); ++i) {
    if (MessageDifferencer::Equals(here.clocks(i), there.clocks(i))) continue;
    differences.push_back(absl::StrCat(
        "clock ", here.clocks(i).limit_id(), " due ", UtcText(FromProto(here.clocks(i).due_at())), " differs: clock ",
        there.clocks(i).limit_id(), " due ", UtcText(FromProto(there.clocks(i).due_at()))));
  }
  return differences;
}

}  // namespace

v1::CallContext CaseContext() {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_READMISSION);
  context.set_case_reference("TEST-2026-001");
  context.set_officer("4711");
  return context;
}

v1::SubmitReadmissionRequest MakeSubmission(const std::string& to, int number) {
  v1::SubmitReadmissionRequest request;
  *request.mutable_context() = CaseContext();
  request.set_requested_agency(to);
  v1::ReadmissionApplication& application = *request.mutable_application();
  FillPerson(number, &application);
  if (number % 3 == 0) {
    v1::Evidence& evidence = *application.add_evidence();
    evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_INDICATION);
    evidence.set_kind("language");
  } else {
    FillPassport(&application);
  }
  if (number % 5 == 4) {
    request.set_procedure(v1::READMISSION_PROCEDURE_ACCELERATED);
    application.set_known_on(absl::FormatCivilTime(Today()));
    application.set_apprehension("at the border crossing");
  }
  v1::ReadmissionSafeguards& safeguards = *request.mutable_safeguards();
  safeguards.set_asylum_claim_open(v1::TERNARY_NO);
  safeguards.set_trafficking_indicator(v1::TERNARY_NO);
  safeguards.set_unaccompanied_minor(v1::TERNARY_NO);
  safeguards.set_medical_hold(v1::TERNARY_NO);
  return request;
}

v1::ReadmissionStep MakeStep(v1::ReadmissionStepKind kind, const v1::ReadmissionCase& seen) {
  v1::ReadmissionStep step;
  step.set_case_id(seen.case_id());
  step.set_kind(kind);
  switch (kind) {
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
      step.set_incomplete_code(v1::INCOMPLETE_CODE_PARTICULARS);
      step.set_reasons("The last address is missing.");
      break;
    case v1::READMISSION_STEP_KIND_RESUBMIT:
      *step.mutable_application() = seen.application();
      step.mutable_application()->set_last_address("Osh");
      break;
    case v1::READMISSION_STEP_KIND_REPORT_INTERVIEW:
      step.mutable_interview()->set_held_on(absl::FormatCivilTime(Today()));
      step.mutable_interview()->set_result(v1::INTERVIEW_RESULT_CONFIRMED);
      break;
    case v1::READMISSION_STEP_KIND_EXTEND:
      step.set_reasons("The archive has not answered yet.");
      break;
    case v1::READMISSION_STEP_KIND_REFUSE:
      step.set_refusal_code(v1::REFUSAL_CODE_NOT_IDENTIFIED);
      step.set_reasons("No entry in the register.");
      break;
    case v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT:
      FillTravelDocument(step.mutable_travel_document());
      break;
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
      *step.mutable_transfer() = NewPlan();
      break;
    case v1::READMISSION_STEP_KIND_AGREE_TRANSFER:
      *step.mutable_transfer() = LastPlan(seen);
      break;
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER:
      step.set_until(absl::FormatCivilTime(AfterTransferLimit(seen)));
      step.set_reasons("The road is closed.");
      break;
    case v1::READMISSION_STEP_KIND_HAND_OVER:
    case v1::READMISSION_STEP_KIND_TAKE_OVER:
      *step.mutable_hand_over() = Signed();
      break;
    case v1::READMISSION_STEP_KIND_CLAIM_ERROR:
      step.set_reasons("Another person was meant.");
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

v1::ActOnReadmissionCaseRequest MakeAct(v1::ReadmissionStepKind kind, const v1::ReadmissionCase& seen) {
  v1::ActOnReadmissionCaseRequest request;
  *request.mutable_context() = CaseContext();
  *request.mutable_step() = MakeStep(kind, seen);
  return request;
}

std::vector<std::string> DifferencesBetween(const v1::ReadmissionCase& here, const v1::ReadmissionCase& there) {
  std::vector<std::string> differences;
  const auto compare = [&](absl::string_view what, bool is_equal) {
    if (!is_equal) differences.push_back(absl::StrCat(what, " differs"));
  };
  if (here.state() != there.state()) {
    differences.push_back(absl::StrCat("the state differs: ", v1::ReadmissionState_Name(here.state()), "; ",
                                       v1::ReadmissionState_Name(there.state())));
  }
  compare("the state that a release leads to", here.held_state() == there.held_state());
  compare("the procedure", here.procedure() == there.procedure());
  compare("the treaty", here.treaty_id() == there.treaty_id() && here.treaty_sha256() == there.treaty_sha256());
  compare("the application", MessageDifferencer::Equals(here.application(), there.application()));
  compare("when the reply is due", MessageDifferencer::Equals(here.reply_due_at(), there.reply_due_at()));
  for (std::string& one : Events(here, there)) differences.push_back(std::move(one));
  for (std::string& one : Clocks(here, there)) differences.push_back(std::move(one));
  if (here.has_diverged_at() || there.has_diverged_at()) differences.push_back("a side saw the other diverge");
  return differences;
}

}  // namespace tamga::testing
