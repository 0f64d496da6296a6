// tamga readmission: apply for the return of a person, and work cases from there on either side.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "adapters/interior_ministry/application_json.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/case_commands.h"
#include "node/cli/commands.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/safeguard_answers.h"
#include "node/cli/session.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::ReadmissionService::Stub;

struct SubmitArguments {
  v1::SubmitReadmissionRequest request;
  std::string application;
  SafeguardAnswers safeguards;
};

absl::Status Submit(SubmitArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(arguments.application));
  ASSIGN_OR_RETURN(*arguments.request.mutable_application(), adapters::ReadApplication(json));
  *arguments.request.mutable_safeguards() = arguments.safeguards.ToProto();
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SubmitReadmission, arguments.request));
  SayExchange(environment, response.exchange());
  if (!PrintedAsJson(environment, response)) {
    environment.out << CaseOverview(response.case_(), environment.clock.Now());
  }
  return absl::OkStatus();
}

void AddSubmit(const Command& readmission) {
  const Command command = readmission.Add("submit", "Apply to a partner for the readmission of a person");
  const auto arguments = std::make_shared<SubmitArguments>();
  v1::SubmitReadmissionRequest& request = arguments->request;
  command.Required("--to", "Agency asked, such as KGZ/interior-ministry", Into(*request.mutable_requested_agency()));
  command.Required("--application", "JSON file with the application", Into(arguments->application));
  command.Optional("--procedure", "Which of the treaty's procedures; NORMAL if not given",
                   IntoEnum<v1::ReadmissionProcedure>(
                       [&request](v1::ReadmissionProcedure procedure) { request.set_procedure(procedure); }));
  AddSafeguardAnswers(command, arguments->safeguards);
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Submit(*arguments, environment); });
}

// States by their short names, several in a row.
Argument IntoStates(v1::ListReadmissionCasesRequest& request) {
  const auto& type = *google::protobuf::GetEnumDescriptor<v1::ReadmissionState>();
  auto take = [&type, &request](const std::vector<std::string>& words) -> absl::Status {
    for (const std::string& word : words) {
      ASSIGN_OR_RETURN(const int state, ParseEnumName(type, word));
      request.add_states(static_cast<v1::ReadmissionState>(state));
    }
    return absl::OkStatus();
  };
  return {"NAME...", type.value_count(), std::move(take), EnumChoices(type)};
}

Argument IntoDays(v1::ListReadmissionCasesRequest& request) {
  auto take = [&request](const std::vector<std::string>& words) -> absl::Status {
    uint32_t days = 0;
    if (!absl::SimpleAtoi(words.front(), &days)) return absl::InvalidArgumentError("must be a number of days");
    request.set_due_within_days(days);
    return absl::OkStatus();
  };
  return {"DAYS", 1, std::move(take), ""};
}

void AddFilters(const Command& command, v1::ListReadmissionCasesRequest& request) {
  command.Optional("--treaty", "Only under this treaty", Into(*request.mutable_treaty_id()));
  command.Optional("--due-within", "Only with a clock that passes within so many days, or has; the next to pass first",
                   IntoDays(request));
  command.Optional("--clock-of", "Only with a clock on the side of this agency", Into(*request.mutable_clock_agency()));
  command.Optional("--state", "Only in these states", IntoStates(request));
}

}  // namespace

void AddReadmissionCommands(const Command& root) {
  const Command readmission = root.Add("readmission", "Apply for readmission of persons, and work the cases");
  AddListCasesCommand(readmission, "List cases, last changed first", &Stub::ListReadmissionCases, ReadmissionCaseTable,
                      AddFilters);
  AddShowCaseCommand(readmission, "Show a case: application, clocks, timeline, and what can be done now",
                     &Stub::GetReadmissionCase, WholeCaseText);
  AddReadmissionWatchCommand(readmission);
  AddReadmissionPrintCommand(readmission);
  AddSubmit(readmission);
  AddReadmissionStepCommands(readmission);
}

}  // namespace tamga::cli
