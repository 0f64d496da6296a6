// tamga trafficking: keep cases, hand them over, ask partners for theirs. Cases are JSON with the HTCDS names.
#include <memory>

#include "adapters/tourism_agency/htcds_json.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/case_commands.h"
#include "node/cli/commands.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::TraffickingService::Stub;

absl::Status Save(const std::string& file, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(file));
  v1::SaveTraffickingCaseRequest request;
  ASSIGN_OR_RETURN(*request.mutable_case_(), adapters::ReadHtcdsCase(json));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SaveTraffickingCase, request));
  PrintRecord(environment, response, response.case_());
  return absl::OkStatus();
}

absl::Status HandOver(const v1::HandOverTraffickingCaseRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::HandOverTraffickingCase, request));
  SayExchange(environment, response.exchange());
  PrintRecord(environment, response, response.exchange());
  return absl::OkStatus();
}

absl::Status Retrieve(const v1::RetrieveTraffickingCaseRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::RetrieveTraffickingCase, request));
  SayExchange(environment, response.exchange());
  PrintRecord(environment, response, response.case_());
  return absl::OkStatus();
}

Table CaseTable(const v1::ListTraffickingCasesResponse& response) {
  Table table({"CASE", "STATUS", "OWNER", "VICTIM STATUS", "VERSION"});
  for (const v1::TraffickingCase& record : response.cases()) {
    table.AddRow({record.case_id(), record.status(), record.owner(), record.exploitation().trafficking_status(),
                  std::to_string(record.version())});
  }
  return table;
}

void AddSave(const Command& trafficking) {
  const Command command = trafficking.Add("save", "Take in a new case, or a changed one of the own agency");
  const auto file = std::make_shared<std::string>();
  command.Required("--case", "JSON file with the case, names as in HTCDS 2.0", Into(*file));
  command.Run([file](Environment& environment) { return Save(*file, environment); });
}

void AddHandOver(const Command& trafficking, const std::string& name, v1::ReferralKind kind, const std::string& help) {
  const Command command = trafficking.Add(name, help);
  const auto request = std::make_shared<v1::HandOverTraffickingCaseRequest>();
  request->set_kind(kind);
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  command.Required("--to", "Agency that gets it", Into(*request->mutable_to_agency()));
  const std::string reason_help = "Why, a value of picklist cas_ReasonForOutgoingReferral";
  if (kind == v1::REFERRAL_KIND_REFERRED) {
    command.Required("--reason", reason_help, Into(*request->mutable_reason()));
  } else {
    command.Optional("--reason", reason_help, Into(*request->mutable_reason()));
  }
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return HandOver(*request, environment); });
}

void AddRetrieve(const Command& trafficking) {
  const Command command = trafficking.Add("retrieve", "Ask a partner for one of its cases");
  const auto request = std::make_shared<v1::RetrieveTraffickingCaseRequest>();
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  command.Required("--from", "Agency that holds it", Into(*request->mutable_from_agency()));
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return Retrieve(*request, environment); });
}

}  // namespace

void AddTraffickingCommands(const Command& root) {
  const Command trafficking = root.Add("trafficking", "Keep trafficking cases and hand them over");
  AddSave(trafficking);
  AddHandOver(trafficking, "refer", v1::REFERRAL_KIND_REFERRED, "Hand a case to the agency that shall handle it");
  AddHandOver(trafficking, "share", v1::REFERRAL_KIND_SHARED, "Make a case known to a partner");
  AddRetrieve(trafficking);
  AddShowCaseCommand(trafficking, "Show a case that this node holds", &Stub::GetTraffickingCase);
  AddListCasesCommand(trafficking, "List the cases that this node holds, newest first", &Stub::ListTraffickingCases,
                      CaseTable);
}

}  // namespace tamga::cli
