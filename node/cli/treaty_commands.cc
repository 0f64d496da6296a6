// tamga treaty: which treaties decide, whether their files are in order, and what they say to a question.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
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
  std::map<std::pair<std::string, uint32_t>, std::pair<std::string, std::string>> first;  // file and hash of a version
  for (const std::string& file : files) {
    absl::StatusOr<policy::TreatyDocument> document = ReadTreatyFile(file);
    if (!document.ok()) {
      findings.emplace_back(document.status().message());
      continue;
    }
    table.AddRow({file, document->treaty.id(), absl::StrCat(document->treaty.version()), HexEncode(document->sha256)});
    const auto [place, is_new] =
        first.try_emplace({document->treaty.id(), document->treaty.version()}, file, document->sha256);
    if (!is_new && place->second.second != document->sha256) {
      findings.push_back(absl::StrCat(file, ": version: is another text of ", document->treaty.id(), " version ",
                                      document->treaty.version(), " than ", place->second.first,
                                      "; keep one of the two, or give this one the next version"));
    }
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

// States and agencies that treaties, and acts about their authorities, name.
std::set<std::string> NamedBy(const treaty::TreatyLibrary& library) {
  std::set<std::string> named;
  for (const policy::TreatyDocument* document : library.standing->Treaties()) {
    for (const v1::Party& party : document->treaty.parties()) {
      named.insert(party.state());
      named.insert(party.agencies().begin(), party.agencies().end());
    }
  }
  for (const auto& [state, acts] : library.registers) {
    for (const policy::VerifiedAct& act : acts.acts()) {
      const auto& agencies = act.instrument.change_authorities().agencies();
      named.insert(agencies.begin(), agencies.end());
    }
  }
  return named;
}

// A name that was mistyped looks just like one to which nothing is permitted.
void SayUnnamed(const std::string& agency, const std::set<std::string>& named, Environment& environment) {
  const std::string state = StateOf(agency);
  if (agency.empty() || named.count(agency) > 0) return;
  Say(environment, absl::StrCat("note: no treaty at hand names ", named.count(state) > 0 ? agency : state));
}

absl::Status CheckHoldsTreaty(const treaty::TreatyLibrary& library, const std::string& folder, const std::string& id) {
  if (id.empty()) return absl::OkStatus();
  std::set<std::string> held;
  for (const policy::TreatyDocument* document : library.standing->Treaties()) held.insert(document->treaty.id());
  if (held.count(id) > 0) return absl::OkStatus();
  return InvalidField("--treaty", absl::StrCat(folder, " has no treaty ", id, "; it has ",
                                               held.empty() ? std::string("none") : absl::StrJoin(held, ", ")));
}

absl::StatusOr<v1::ExplainDecisionResponse> ExplainOffline(const ExplainArguments& arguments,
                                                           Environment& environment) {
  RETURN_IF_ERROR(CheckAgency("--asker", arguments.request.asker()));
  absl::Time at = environment.clock.Now();
  if (!arguments.at.empty()) {
    const absl::StatusOr<absl::Time> time = ParseTimeArgument(arguments.at, at);
    if (!time.ok()) return InvalidField("--at", time.status().message());
    at = *time;
  }
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary treaties, LoadTreatyFolder(arguments.treaties));
  RETURN_IF_ERROR(CheckHoldsTreaty(treaties, arguments.treaties, arguments.request.treaty_id()));
  SayFindings(environment, treaties);
  const std::set<std::string> named = NamedBy(treaties);
  SayUnnamed(arguments.request.asker(), named, environment);
  SayUnnamed(arguments.request.answerer(), named, environment);
  return audit::Explain(*treaties.set, arguments.request, "", at);
}

// What a node tells of its treaties are the States for which they are in force.
void SayStatesWithoutTreaty(Session& session, const v1::ExplainDecisionRequest& request, Environment& environment) {
  const auto response = session.Call(&Stub::ListTreaties, v1::ListTreatiesRequest());
  if (!response.ok()) return;
  std::set<std::string> states;
  for (const v1::TreatySummary& treaty : response->treaties()) {
    states.insert(treaty.in_force_for().begin(), treaty.in_force_for().end());
  }
  for (const std::string& agency : {request.asker(), request.answerer()}) {
    const std::string state = StateOf(agency);
    if (agency.empty() || states.count(state) > 0) continue;
    Say(environment, absl::StrCat("note: no treaty of the node is in force for ", state));
  }
}

absl::StatusOr<v1::ExplainDecisionResponse> AskNode(const ExplainArguments& arguments, Environment& environment) {
  if (!arguments.at.empty()) return UsageError("--at needs --treaties; a node decides by its own clock");
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  auto response = session->Call(&Stub::ExplainDecision, arguments.request);
  if (response.ok()) SayStatesWithoutTreaty(*session, arguments.request, environment);
  return response;
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
