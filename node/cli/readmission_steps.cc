// The commands that take a step in a readmission case: one table says which there are, and what each is told.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/application_json.h"
#include "adapters/json_form.h"
#include "adapters/partial_date.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::ReadmissionService::Stub;

struct StepArguments {
  v1::ActOnReadmissionCaseRequest request;
  std::string application_file;
  std::string escorts_file;
  std::string handed_over_at;
  std::string agreed_day;
  std::vector<std::string> handed_along;

  v1::ReadmissionStep& step() { return *request.mutable_step(); }
};

struct StepOption {
  const char* name;
  const char* help;
  bool is_required;
  Argument (*argument)(StepArguments&);
};

struct StepCommand {
  v1::ReadmissionStepKind kind;
  const char* name;
  const char* help;
  std::vector<StepOption> options;
};

// A day that the record need not know whole.
Argument IntoDate(std::function<v1::PartialDate&()> target) {
  auto take = [target = std::move(target)](const std::vector<std::string>& words) -> absl::Status {
    ASSIGN_OR_RETURN(target(), adapters::ReadPartialDate("date", words.front()));
    return absl::OkStatus();
  };
  return {"DATE", 1, std::move(take), ""};
}

Argument Reasons(StepArguments& a) { return Into(*a.step().mutable_reasons()); }
Argument FileNumber(StepArguments& a) { return Into(*a.step().mutable_file_number()); }
Argument ApplicationFile(StepArguments& a) { return Into(a.application_file); }
Argument Until(StepArguments& a) { return Into(*a.step().mutable_until()); }

Argument IncompleteArgument(StepArguments& a) {
  return IntoEnum<v1::IncompleteCode>([&a](v1::IncompleteCode code) { a.step().set_incomplete_code(code); });
}
Argument RefusalArgument(StepArguments& a) {
  return IntoEnum<v1::RefusalCode>([&a](v1::RefusalCode code) { a.step().set_refusal_code(code); });
}
Argument WithdrawalArgument(StepArguments& a) {
  return IntoEnum<v1::WithdrawalCode>([&a](v1::WithdrawalCode code) { a.step().set_withdrawal_code(code); });
}
Argument HoldArgument(StepArguments& a) {
  return IntoEnum<v1::HoldCode>([&a](v1::HoldCode code) { a.step().set_hold_code(code); });
}

Argument HeldOn(StepArguments& a) { return Into(*a.step().mutable_interview()->mutable_held_on()); }
Argument InterviewArgument(StepArguments& a) {
  return IntoEnum<v1::InterviewResult>(
      [&a](v1::InterviewResult result) { a.step().mutable_interview()->set_result(result); });
}

Argument DocumentKind(StepArguments& a) { return Into(*a.step().mutable_travel_document()->mutable_kind()); }
Argument DocumentNumber(StepArguments& a) { return Into(*a.step().mutable_travel_document()->mutable_number()); }
Argument DocumentState(StepArguments& a) { return Into(*a.step().mutable_travel_document()->mutable_issuing_state()); }
Argument DocumentIssuer(StepArguments& a) {
  return Into(*a.step().mutable_travel_document()->mutable_issuing_authority());
}
Argument IssuedOn(StepArguments& a) {
  return IntoDate([&a]() -> auto& { return *a.step().mutable_travel_document()->mutable_issued_on(); });
}
Argument ExpiresOn(StepArguments& a) {
  return IntoDate([&a]() -> auto& { return *a.step().mutable_travel_document()->mutable_expires_on(); });
}

Argument TransferDay(StepArguments& a) { return Into(*a.step().mutable_transfer()->mutable_day()); }
Argument TransferPoint(StepArguments& a) { return Into(*a.step().mutable_transfer()->mutable_crossing_point()); }
Argument TransferMeans(StepArguments& a) { return Into(*a.step().mutable_transfer()->mutable_means()); }
Argument TransferCare(StepArguments& a) { return Into(*a.step().mutable_transfer()->mutable_care()); }
Argument EscortsFile(StepArguments& a) { return Into(a.escorts_file); }
Argument AgreedDay(StepArguments& a) { return Into(a.agreed_day); }

Argument HandOverPoint(StepArguments& a) { return Into(*a.step().mutable_hand_over()->mutable_crossing_point()); }
Argument HandOverOfficer(StepArguments& a) { return Into(*a.step().mutable_hand_over()->mutable_officer_number()); }
Argument HandOverTime(StepArguments& a) { return Into(a.handed_over_at); }
Argument HandedAlong(StepArguments& a) { return Into(a.handed_along); }

constexpr StepOption kReasons = {"--reasons", "Written reasons", true, Reasons};
constexpr StepOption kReasonsIfAny = {"--reasons", "Written reasons, if any", false, Reasons};
constexpr StepOption kFileNumber = {"--file-number", "Your file number of the case, with your first step", false,
                                    FileNumber};

const std::vector<StepOption>& HandOverOptions() {
  static const auto& options = *new std::vector<StepOption>{
      {"--crossing-point", "Where", true, HandOverPoint},
      {"--officer-number", "Service number of the border officer who signs", true, HandOverOfficer},
      {"--at", "When: such as 10m (ago) or 2026-12-01T09:30:00+05:00; now if not given", false, HandOverTime},
      {"--with", "Papers and things that went along", false, HandedAlong},
  };
  return options;
}

const std::vector<StepCommand>& StepCommands() {
  static const auto& commands = *new std::vector<StepCommand>{
      {v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE,
       "return",
       "Return an application as incomplete",
       {{"--code", "What is missing", true, IncompleteArgument}, kReasons, kFileNumber}},
      {v1::READMISSION_STEP_KIND_RESUBMIT,
       "resubmit",
       "Submit a returned application again, completed",
       {{"--application", "JSON file with the completed application", true, ApplicationFile}}},
      {v1::READMISSION_STEP_KIND_VERIFY,
       "verify",
       "Begin enquiries, or go on with them after an interview",
       {kFileNumber}},
      {v1::READMISSION_STEP_KIND_ASK_INTERVIEW, "ask-interview", "Ask that the person be interviewed", {kFileNumber}},
      {v1::READMISSION_STEP_KIND_REPORT_INTERVIEW,
       "report-interview",
       "Report an interview that was held",
       {{"--held-on", "Day, such as 2026-11-23", true, HeldOn},
        {"--result", "What came of it", true, InterviewArgument},
        {"--reasons", "Written reasons; required if nationality is not confirmed", false, Reasons},
        kFileNumber}},
      {v1::READMISSION_STEP_KIND_EXTEND,
       "extend",
       "Ask for more time to answer, before the time is over",
       {kReasons, kFileNumber}},
      {v1::READMISSION_STEP_KIND_ACCEPT, "accept", "Accept: the person is taken back", {kFileNumber}},
      {v1::READMISSION_STEP_KIND_REFUSE,
       "refuse",
       "Refuse the application",
       {{"--code", "Why", true, RefusalArgument}, kReasons, kFileNumber}},
      {v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT, "ask-document", "Ask for a travel document", {}},
      {v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT,
       "issue-document",
       "Tell of the travel document that is issued",
       {{"--kind", "What it is, such as \"certificate on return\"", true, DocumentKind},
        {"--number", "Its number as printed, without spaces", true, DocumentNumber},
        {"--issuing-state", "State that issued it, such as KGZ", true, DocumentState},
        {"--issuing-authority", "Authority that issued it", false, DocumentIssuer},
        {"--issued-on", "Day of issue, such as 2026-11-23", false, IssuedOn},
        {"--expires-on", "Last day of validity", false, ExpiresOn}}},
      {v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER,
       "propose-transfer",
       "Propose a transfer, or propose it otherwise",
       {{"--day", "Day, such as 2026-12-01", true, TransferDay},
        {"--crossing-point", "Where", true, TransferPoint},
        {"--means", "How: road, or air with the flight's number", true, TransferMeans},
        {"--care", "Care and protection that the person needs", false, TransferCare},
        {"--escorts", "JSON file with the escorts, {\"escorts\": [...]}", false, EscortsFile}}},
      {v1::READMISSION_STEP_KIND_AGREE_TRANSFER,
       "agree-transfer",
       "Agree to the transfer that was proposed last",
       {{"--day", "Its day, so that you agree to no other", true, AgreedDay}}},
      {v1::READMISSION_STEP_KIND_EXTEND_TRANSFER,
       "extend-transfer",
       "Move the limit of the transfer for an obstacle",
       {{"--until", "New last day, such as 2027-02-01", true, Until}, kReasons}},
      {v1::READMISSION_STEP_KIND_HAND_OVER, "hand-over", "Sign that the person was handed over", HandOverOptions()},
      {v1::READMISSION_STEP_KIND_TAKE_OVER, "take-over", "Sign that the person was taken over", HandOverOptions()},
      {v1::READMISSION_STEP_KIND_CLAIM_ERROR, "claim-error", "Claim that the person was returned in error", {kReasons}},
      {v1::READMISSION_STEP_KIND_TAKE_BACK, "take-back", "Take back a person who was returned in error", {}},
      {v1::READMISSION_STEP_KIND_WITHDRAW,
       "withdraw",
       "Withdraw the application",
       {{"--code", "Why", true, WithdrawalArgument}, kReasonsIfAny}},
      {v1::READMISSION_STEP_KIND_HOLD,
       "hold",
       "Put the case on hold",
       {{"--code", "Why, as far as the partner is told", true, HoldArgument}, kReasonsIfAny}},
      {v1::READMISSION_STEP_KIND_RELEASE, "release", "Release a hold of your own side", {}},
      {v1::READMISSION_STEP_KIND_CLOSE, "close", "Close a case that has ended; for records officers", {}},
  };
  return commands;
}

absl::Status ReadEscorts(const std::string& path, v1::TransferPlan* plan) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  RETURN_IF_ERROR(adapters::CheckJsonForm(json, *v1::TransferPlan::descriptor()));
  v1::TransferPlan read;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &read);
  if (!status.ok()) return InvalidField("--escorts", "must be escorts in JSON");
  *plan->mutable_escorts() = read.escorts();
  return absl::OkStatus();
}

// An agreement repeats what it agrees to. The officer names the day: a plan that was changed since it was looked at is
// not agreed to unseen.
absl::Status RepeatPlan(Session& session, StepArguments& arguments) {
  v1::GetReadmissionCaseRequest get;
  get.set_case_id(arguments.step().case_id());
  *get.mutable_context() = arguments.request.context();
  ASSIGN_OR_RETURN(const auto found, session.Call(&Stub::GetReadmissionCase, get));
  const auto& history = found.case_().history();
  const auto proposed = std::find_if(history.rbegin(), history.rend(), [](const v1::ReadmissionEvent& event) {
    return event.kind() == v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER && !event.overtaken();
  });
  if (proposed == history.rend()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_PROPOSAL",
                 "no transfer is proposed in this case; propose one with propose-transfer");
  }
  const v1::TransferPlan& plan = proposed->step().transfer();
  if (plan.day() != arguments.agreed_day) {
    return InvalidField("--day", absl::StrCat("the transfer proposed last is on ", plan.day(),
                                              "; look at the case, then agree to that or propose another"));
  }
  *arguments.step().mutable_transfer() = plan;
  return absl::OkStatus();
}

// What the options name, but do not hold themselves.
absl::Status Complete(Session& session, StepArguments& arguments, const Environment& environment) {
  v1::ReadmissionStep& step = arguments.step();
  if (!arguments.application_file.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadFile(arguments.application_file));
    ASSIGN_OR_RETURN(*step.mutable_application(), adapters::ReadApplication(json));
  }
  if (!arguments.escorts_file.empty()) {
    RETURN_IF_ERROR(ReadEscorts(arguments.escorts_file, step.mutable_transfer()));
  }
  if (step.has_hand_over()) {
    const absl::Time now = environment.clock.Now();
    *step.mutable_hand_over()->mutable_at() = ToProto(now);
    if (!arguments.handed_over_at.empty()) {
      ASSIGN_OR_RETURN(*step.mutable_hand_over()->mutable_at(), ReadTimeOption("--at", arguments.handed_over_at, now));
    }
    step.mutable_hand_over()->mutable_handed_along()->Add(arguments.handed_along.begin(), arguments.handed_along.end());
  }
  return arguments.agreed_day.empty() ? absl::OkStatus() : RepeatPlan(session, arguments);
}

absl::Status TakeStep(StepArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  RETURN_IF_ERROR(Complete(*session, arguments, environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ActOnReadmissionCase, arguments.request));
  if (response.has_exchange()) SayExchange(environment, response.exchange());
  if (response.overtaken()) {
    Say(environment, "The step has no effect: a step of the other side came first. It stays in the history.");
  }
  if (!PrintedAsJson(environment, response)) {
    environment.out << CaseOverview(response.case_(), environment.clock.Now());
  }
  return absl::OkStatus();
}

void AddStep(const Command& readmission, const StepCommand& step) {
  const Command command = readmission.Add(step.name, step.help);
  const auto arguments = std::make_shared<StepArguments>();
  arguments->step().set_kind(step.kind);
  command.Required("case", "The case", IntoLowerCase(*arguments->step().mutable_case_id()));
  for (const StepOption& option : step.options) {
    if (option.is_required) {
      command.Required(option.name, option.help, option.argument(*arguments));
    } else {
      command.Optional(option.name, option.help, option.argument(*arguments));
    }
  }
  v1::CallContext& context = *arguments->request.mutable_context();
  context.set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, context);
  command.Run([arguments](Environment& environment) { return TakeStep(*arguments, environment); });
}

}  // namespace

void AddReadmissionStepCommands(const Command& readmission) {
  for (const StepCommand& step : StepCommands()) AddStep(readmission, step);
}

std::string StepCommandOf(v1::ReadmissionStepKind kind) {
  for (const StepCommand& step : StepCommands()) {
    if (step.kind == kind) return step.name;
  }
  return "";
}

}  // namespace tamga::cli
