// tamga readmission: apply for the return of a person, and answer such applications.
#include <memory>

#include "adapters/interior_ministry/application_json.h"
#include "node/base/clock.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/case_commands.h"
#include "node/cli/commands.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::ReadmissionService::Stub;

Table CaseTable(const v1::ListReadmissionCasesResponse& response) {
  Table table({"CASE", "STATE", "FROM", "TO", "TREATY", "REPLY DUE"});
  for (const v1::ReadmissionCase& record : response.cases()) {
    table.AddRow({record.case_id(), ShortEnumName(record.state()), record.requesting_agency(),
                  record.requested_agency(), record.treaty_id(),
                  record.has_reply_due_at() ? UtcText(FromProto(record.reply_due_at())) : "-"});
  }
  return table;
}

struct SubmitArguments {
  v1::SubmitReadmissionRequest request;
  std::string application;
  v1::Ternary asylum_claim = v1::TERNARY_UNSPECIFIED;
  v1::Ternary trafficking_indicator = v1::TERNARY_UNSPECIFIED;
  v1::Ternary unaccompanied_minor = v1::TERNARY_UNSPECIFIED;
};

absl::Status Submit(SubmitArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(arguments.application));
  ASSIGN_OR_RETURN(*arguments.request.mutable_application(), adapters::ReadApplication(json));
  v1::ReadmissionSafeguards& safeguards = *arguments.request.mutable_safeguards();
  safeguards.set_asylum_claim_open(arguments.asylum_claim);
  safeguards.set_trafficking_indicator(arguments.trafficking_indicator);
  safeguards.set_unaccompanied_minor(arguments.unaccompanied_minor);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SubmitReadmission, arguments.request));
  SayExchange(environment, response.exchange());
  PrintRecord(environment, response, response.case_());
  return absl::OkStatus();
}

struct ReplyArguments {
  v1::ReplyToReadmissionRequest request;
  bool accept = false;
  bool refuse = false;
};

absl::Status Reply(ReplyArguments& arguments, Environment& environment) {
  v1::ReplyToReadmissionRequest& request = arguments.request;
  if (arguments.accept == arguments.refuse) return UsageError("give either --accept or --refuse");
  if (arguments.refuse && (request.refusal_code() == v1::REFUSAL_CODE_UNSPECIFIED || request.reasons().empty())) {
    return UsageError("a refusal needs --code and --reasons");
  }
  request.set_state(arguments.accept ? v1::READMISSION_STATE_ACCEPTED : v1::READMISSION_STATE_REFUSED);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ReplyToReadmission, request));
  SayExchange(environment, response.exchange());
  PrintRecord(environment, response, response.case_());
  return absl::OkStatus();
}

void AddSubmit(const Command& readmission) {
  const Command command = readmission.Add("submit", "Apply to a partner for the readmission of a person");
  const auto arguments = std::make_shared<SubmitArguments>();
  v1::SubmitReadmissionRequest& request = arguments->request;
  command.Required("--to", "Agency asked, such as KGZ/interior-ministry", Into(*request.mutable_requested_agency()));
  command.Required("--application", "JSON file with the application", Into(arguments->application));
  command.Optional("--asylum-claim", "The person has an open claim for asylum; unknown if not given",
                   Into(arguments->asylum_claim));
  command.Optional("--trafficking-indicator", "There are signs of trafficking; unknown if not given",
                   Into(arguments->trafficking_indicator));
  command.Optional("--unaccompanied-minor", "A minor without a guardian; unknown if not given",
                   Into(arguments->unaccompanied_minor));
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Submit(*arguments, environment); });
}

void AddReply(const Command& readmission) {
  const Command command = readmission.Add("reply", "Answer an application that a partner sent");
  const auto arguments = std::make_shared<ReplyArguments>();
  v1::ReplyToReadmissionRequest& request = arguments->request;
  command.Required("--case", "The case", Into(*request.mutable_case_id()));
  command.Flag("--accept", "The person is taken back", arguments->accept);
  command.Flag("--refuse", "The application is refused", arguments->refuse);
  command.Optional("--code", "Why it is refused",
                   IntoEnum<v1::RefusalCode>([&request](v1::RefusalCode code) { request.set_refusal_code(code); }));
  command.Optional("--reasons", "Written reasons of a refusal", Into(*request.mutable_reasons()));
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Reply(*arguments, environment); });
}

}  // namespace

void AddReadmissionCommands(const Command& root) {
  const Command readmission = root.Add("readmission", "Apply for readmission of persons, and answer applications");
  AddSubmit(readmission);
  AddReply(readmission);
  AddShowCaseCommand(readmission, "Show a case with its history", &Stub::GetReadmissionCase);
  AddListCasesCommand(readmission, "List cases, newest first", &Stub::ListReadmissionCases, CaseTable);
}

}  // namespace tamga::cli
