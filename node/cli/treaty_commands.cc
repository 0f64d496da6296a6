// tamga treaty: which treaties decide, whether their files are in order, and what they say to a question.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/audit/explanation.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/commands.h"
#include "node/cli/display_text.h"
#include "node/cli/enum_name.h"
#include "node/cli/fact_argument.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AdminService::Stub;

absl::Status List(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ListTreaties, v1::ListTreatiesRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table table({"TREATY", "VERSION", "IN FORCE FOR", "TEXT", "SHA256", "TITLE"});
  for (const v1::TreatySummary& treaty : response.treaties()) {
    table.AddRow({treaty.id(), absl::StrCat(treaty.version()), absl::StrJoin(treaty.in_force_for(), " "),
                  treaty.model() ? "model" : "official", HexEncode(treaty.document_sha256()).substr(0, 16),
                  treaty.title()});
  }
  PrintTable(environment, table);
  return absl::OkStatus();
}

absl::Status Lint(const std::vector<std::string>& paths, Environment& environment) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles(paths));
  Table table({"FILE", "TREATY", "VERSION", "SHA256"});
  std::vector<std::string> findings;
  for (const std::string& file : files) {
    absl::StatusOr<policy::TreatyDocument> document = ReadTreatyFile(file);
    if (!document.ok()) {
      findings.emplace_back(document.status().message());
      continue;
    }
    table.AddRow({file, document->treaty.id(), absl::StrCat(document->treaty.version()), HexEncode(document->sha256)});
  }
  if (!table.empty()) PrintTableOrJson(environment, table);
  if (findings.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "TREATY_INVALID", absl::StrJoin(findings, "\n"));
}

struct ExplainArguments {
  v1::ExplainDecisionRequest request;
  std::vector<std::string> facts;
  std::string treaties;  // folder; empty: ask the node
  std::string at;
};

absl::StatusOr<v1::ExplainDecisionResponse> ExplainOffline(const ExplainArguments& arguments,
                                                           const Environment& environment) {
  RETURN_IF_ERROR(CheckAgency("--asker", arguments.request.asker()));
  absl::Time at = environment.clock.Now();
  if (!arguments.at.empty()) {
    const absl::StatusOr<absl::Time> time = ParseTimeArgument(arguments.at, at);
    if (!time.ok()) return InvalidField("--at", time.status().message());
    at = *time;
  }
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary treaties, LoadTreatyFolder(arguments.treaties));
  return audit::Explain(*treaties.set, arguments.request, "", at);
}

absl::StatusOr<v1::ExplainDecisionResponse> AskNode(const ExplainArguments& arguments, Environment& environment) {
  if (!arguments.at.empty()) return UsageError("--at needs --treaties; a node decides by its own clock");
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  return session->Call(&Stub::ExplainDecision, arguments.request);
}

absl::Status Explain(ExplainArguments arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::vector<v1::FactValue> facts, ParseFacts(arguments.facts));
  arguments.request.mutable_facts()->Add(facts.begin(), facts.end());
  ASSIGN_OR_RETURN(const v1::ExplainDecisionResponse response, arguments.treaties.empty()
                                                                   ? AskNode(arguments, environment)
                                                                   : ExplainOffline(arguments, environment));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  environment.out << (response.permitted() ? "PERMITTED" : absl::StrCat("DENIED ", response.reason())) << "\n";
  for (const std::string& sentence : response.explanation()) environment.out << DisplayText(sentence) << "\n";
  return absl::OkStatus();
}

void AddLint(const Command& treaty) {
  const Command command = treaty.Add("lint", "Check treaty files; needs no node");
  const auto paths = std::make_shared<std::vector<std::string>>();
  command.Required("paths", "Files, or folders of *.txtpb", Into(*paths));
  command.Run([paths](Environment& environment) { return Lint(*paths, environment); });
}

void AddExplain(const Command& treaty) {
  const Command command = treaty.Add("explain", "Tell what the treaties say to a question, without asking it");
  const auto arguments = std::make_shared<ExplainArguments>();
  v1::ExplainDecisionRequest& request = arguments->request;
  command.Optional("--asker", "Agency that asks; with a node, its own agency if not given",
                   Into(*request.mutable_asker()));
  command.Required("--answerer", "Agency that answers", Into(*request.mutable_answerer()));
  command.Required("--record-kind", "Kind of record",
                   IntoEnum<v1::RecordKind>([&request](v1::RecordKind kind) { request.set_record_kind(kind); }));
  command.Required("--operation", "What is asked",
                   IntoEnum<v1::Operation>([&request](v1::Operation operation) { request.set_operation(operation); }));
  command.Required("--purpose", "Why it is asked",
                   IntoEnum<v1::Purpose>([&request](v1::Purpose purpose) { request.set_purpose(purpose); }));
  command.Optional("--treaty", "Only this treaty", Into(*request.mutable_treaty_id()));
  command.Optional(
      "--fact",
      absl::StrCat("What is known, such as AGE=17 ASYLUM_CLAIM_OPEN=NO; then the whole exchange is judged. ",
                   EnumChoices(*v1::Attribute_descriptor())),
      Into(arguments->facts));
  command.Optional("--treaties", "Folder of treaties, registers and offices: decide here, without a node",
                   Into(arguments->treaties));
  command.Optional("--at", "With --treaties: as of this day, such as 2026-11-23", Into(arguments->at));
  command.Run([arguments](Environment& environment) { return Explain(*arguments, environment); });
}

}  // namespace

void AddTreatyCommands(const Command& root) {
  const Command treaty = root.Add("treaty", "List, check and ask the treaties");
  treaty.Add("list", "List the treaties that the node decides by").Run([](Environment& environment) {
    return List(environment);
  });
  AddLint(treaty);
  AddExplain(treaty);
  AddSignCommand(treaty);
  AddStatusCommands(treaty);
  AddAnalysisCommands(treaty);
  AddRatifyCommands(treaty);
  AddExchangeCommands(treaty);
  AddSuiteCommand(treaty);
  AddWhatIfCommands(treaty);
}

}  // namespace tamga::cli
