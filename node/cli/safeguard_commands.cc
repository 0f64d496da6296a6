// tamga safeguard: set, see and release what keeps a person from being moved. For protection officers.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/argument.h"
#include "node/cli/call_context.h"
#include "node/cli/commands.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"
#include "tamga/v1/safeguard_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::SafeguardService::Stub;

// The parser's own words would repeat what the file says of the person.
absl::StatusOr<v1::ProtectedPerson> ReadPerson(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  v1::ProtectedPerson person;
  if (google::protobuf::util::JsonStringToMessage(json, &person).ok()) return person;
  return InvalidField("--person",
                      "must be a JSON object with names, bornOn, documents, as ProtectedPerson of safeguard.proto");
}

struct SetArguments {
  v1::SetSafeguardRequest request;
  std::string person;
  std::vector<std::string> cases;
};

absl::Status Set(SetArguments& arguments, Environment& environment) {
  if (arguments.person.empty() && arguments.cases.empty()) return UsageError("give --person, --case or both");
  v1::ProtectedPerson& person = *arguments.request.mutable_person();
  if (!arguments.person.empty()) {
    ASSIGN_OR_RETURN(person, ReadPerson(arguments.person));
  }
  for (const std::string& case_id : arguments.cases) person.add_case_ids(case_id);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SetSafeguard, arguments.request));
  Say(environment, absl::StrCat("safeguard ", response.safeguard().safeguard_id(), " stands; ",
                                response.case_ids_size(), " running cases are put on hold"));
  PrintRecord(environment, response, response.safeguard());
  return absl::OkStatus();
}

Table SafeguardTable(const v1::ListSafeguardsResponse& response) {
  Table table({"SAFEGUARD", "GROUND", "STATE", "SET BY", "SET AT", "CASES"});
  for (const v1::Safeguard& safeguard : response.safeguards()) {
    table.AddRow({safeguard.safeguard_id(), ShortEnumName(safeguard.ground()), ShortEnumName(safeguard.state()),
                  safeguard.set_by(), UtcText(FromProto(safeguard.set_at())),
                  absl::StrJoin(safeguard.person().case_ids(), ", ")});
  }
  return table;
}

struct ListArguments {
  v1::ListSafeguardsRequest request;
  uint64_t limit = kDefaultListLimit;
};

absl::Status List(const ListArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   ListUpTo(
                       arguments.limit, arguments.request,
                       [&](const auto& page) { return session->Call(&Stub::ListSafeguards, page); },
                       [](const v1::ListSafeguardsResponse& pages) { return pages.safeguards_size(); }));
  if (!PrintedAsJson(environment, response)) PrintTable(environment, SafeguardTable(response));
  return absl::OkStatus();
}

absl::Status Show(const v1::GetSafeguardRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetSafeguard, request));
  PrintRecord(environment, response, response.safeguard());
  return absl::OkStatus();
}

absl::Status AskRelease(const v1::AskReleaseRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::AskRelease, request));
  Say(environment, "it goes on standing until another protection officer releases it: tamga safeguard release");
  PrintRecord(environment, response, response.safeguard());
  return absl::OkStatus();
}

absl::Status Release(const v1::ReleaseSafeguardRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ReleaseSafeguard, request));
  PrintRecord(environment, response, response.safeguard());
  return absl::OkStatus();
}

void AddSet(const Command& safeguard) {
  const Command command = safeguard.Add("set", "Set a safeguard: nothing that moves the person is sent any more");
  const auto arguments = std::make_shared<SetArguments>();
  v1::SetSafeguardRequest& request = arguments->request;
  command.Required(
      "--ground", "Why; no desk and no partner is told",
      IntoEnum<v1::SafeguardGround>([&request](v1::SafeguardGround ground) { request.set_ground(ground); }));
  command.Optional("--person", "JSON file: names in all scripts, date of birth, documents", Into(arguments->person));
  command.Optional("--case", "A readmission case about the person", Into(arguments->cases));
  command.Optional("--note", "A note for protection officers", Into(*request.mutable_note()));
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Set(*arguments, environment); });
}

void AddList(const Command& safeguard) {
  const Command command = safeguard.Add("list", "List safeguards, the last changed first");
  const auto arguments = std::make_shared<ListArguments>();
  v1::ListSafeguardsRequest& request = arguments->request;
  command.Optional("--state", "Only those in this state",
                   IntoEnum<v1::SafeguardState>([&request](v1::SafeguardState state) { request.set_state(state); }));
  command.Optional("--limit", "Most safeguards to list; 100 if not given", Into(arguments->limit));
  command.Run([arguments](Environment& environment) { return List(*arguments, environment); });
}

void AddShow(const Command& safeguard) {
  const Command command = safeguard.Add("show", "Show a safeguard");
  const auto request = std::make_shared<v1::GetSafeguardRequest>();
  command.Required("safeguard", "The safeguard", Into(*request->mutable_safeguard_id()));
  command.Run([request](Environment& environment) { return Show(*request, environment); });
}

void AddAskRelease(const Command& safeguard) {
  const Command command = safeguard.Add("ask-release", "Ask for the release of a safeguard");
  const auto request = std::make_shared<v1::AskReleaseRequest>();
  command.Required("safeguard", "The safeguard", Into(*request->mutable_safeguard_id()));
  command.Required("--reason", "Why it may be released", Into(*request->mutable_reason()));
  request->mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return AskRelease(*request, environment); });
}

void AddRelease(const Command& safeguard) {
  const Command command =
      safeguard.Add("release", "Release a safeguard that another protection officer asked to release");
  const auto request = std::make_shared<v1::ReleaseSafeguardRequest>();
  command.Required("safeguard", "The safeguard", Into(*request->mutable_safeguard_id()));
  request->mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return Release(*request, environment); });
}

}  // namespace

void AddSafeguardCommands(const Command& root) {
  const Command safeguard = root.Add("safeguard", "Set and release what keeps a person from being moved");
  AddSet(safeguard);
  AddList(safeguard);
  AddShow(safeguard);
  AddAskRelease(safeguard);
  AddRelease(safeguard);
}

}  // namespace tamga::cli
