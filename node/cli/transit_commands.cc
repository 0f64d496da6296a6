// tamga transit: ask a partner to let a person pass through, and work such operations on either side.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "adapters/json_record.h"
#include "node/base/clock.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/case_commands.h"
#include "node/cli/commands.h"
#include "node/cli/display_text.h"
#include "node/cli/enum_name.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/record_text.h"
#include "node/cli/safeguard_answers.h"
#include "node/cli/session.h"
#include "tamga/v1/transit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::TransitService::Stub;

enum class Reasons { kNone, kIfAny, kWithCode };

struct StepCommand {
  v1::TransitStepKind kind;
  const char* name;
  const char* help;
  Reasons reasons;
};

constexpr StepCommand kSteps[] = {
    {v1::TRANSIT_STEP_KIND_CONSENT, "consent", "Consent: the person may pass", Reasons::kNone},
    {v1::TRANSIT_STEP_KIND_REFUSE, "refuse", "Refuse the application", Reasons::kWithCode},
    {v1::TRANSIT_STEP_KIND_REVOKE, "revoke", "Revoke a consent: the other side takes the person back",
     Reasons::kWithCode},
    {v1::TRANSIT_STEP_KIND_REPORT_DONE, "done", "Report that the person has passed", Reasons::kNone},
    {v1::TRANSIT_STEP_KIND_TAKE_BACK, "take-back", "Take the person back after a consent was revoked", Reasons::kNone},
    {v1::TRANSIT_STEP_KIND_WITHDRAW, "withdraw", "Withdraw the application before it is answered", Reasons::kIfAny},
};

Table Timeline(const v1::TransitCase& record) {
  Table table({"TIME", "STEP", "STATE", "BY", "ARTICLES", "EXCHANGE", "DELIVERY", "WHAT"});
  for (const v1::TransitEvent& event : record.history()) {
    std::vector<std::string> what;
    if (event.overtaken()) what.push_back("without effect");
    if (event.refusal_code() != v1::TRANSIT_REFUSAL_CODE_UNSPECIFIED) {
      what.push_back(ShortEnumName(event.refusal_code()));
    }
    if (!event.reasons().empty()) what.push_back(event.reasons());
    table.AddRow({UtcText(FromProto(event.at())), ShortEnumName(event.kind()), ShortEnumName(event.state()),
                  event.actor().empty() ? "the clock" : event.actor(), ArticlesText(event.articles()),
                  event.exchange_id().empty() ? "-" : event.exchange_id(), ShortEnumName(event.delivery()),
                  absl::StrJoin(what, "; ")});
  }
  return table;
}

std::string PossibleText(const v1::TransitCase& record) {
  std::vector<std::string> names;
  for (const int kind : record.possible_steps()) {
    for (const StepCommand& step : kSteps) {
      if (step.kind == kind) names.push_back(step.name);
    }
  }
  return names.empty() ? "nothing" : absl::StrJoin(names, ", ");
}

std::string Overview(const v1::TransitCase& record, absl::Time now) {
  std::string text;
  const auto line = [&text](absl::string_view name, const std::string& value) {
    if (!value.empty()) absl::StrAppendFormat(&text, "%-12s %s\n", name, DisplayText(value));
  };
  line("Transit", record.case_id());
  line("State", ShortEnumName(record.state()));
  line("From", record.requesting_agency());
  line("Through", record.requested_agency());
  line("To", record.application().destination_state());
  line("Treaty", record.treaty_id());
  if (record.has_diverged_at()) {
    line("DIVERGED", absl::StrCat("since ", UtcText(FromProto(record.diverged_at())),
                                  ": the partner holds another history of this case; compare the logs with "
                                  "`tamga audit reconcile`"));
  }
  for (const Table& table : {ClockTable(record.clocks(), now), Timeline(record)}) {
    if (!table.empty()) absl::StrAppend(&text, "\n", table.Text(Style::kPlain));
  }
  absl::StrAppend(&text, "\nNow possible: ", PossibleText(record), "\n");
  return text;
}

std::string WholeText(const v1::TransitCase& record, absl::Time now) {
  std::string text;
  if (record.has_application()) absl::StrAppend(&text, RecordText(record.application()), "\n");
  absl::StrAppend(&text, Overview(record, now));
  return text;
}

Table TransitTable(const v1::ListTransitsResponse& response) {
  Table table({"TRANSIT", "STATE", "FROM", "THROUGH", "TREATY", "CLOCK", "PASSES", "ON THE SIDE OF"});
  for (const v1::TransitCase& record : response.cases()) {
    const v1::RunningClock clock = record.clocks().empty() ? v1::RunningClock() : record.clocks(0);
    const bool has_clock = !record.clocks().empty();
    table.AddRow({record.case_id(), ShortEnumName(record.state()), record.requesting_agency(),
                  record.requested_agency(), record.treaty_id(), has_clock ? clock.limit_id() : "-",
                  has_clock ? UtcText(FromProto(clock.due_at())) : "-", has_clock ? clock.agency() : "-"});
  }
  return table;
}

struct SubmitArguments {
  v1::SubmitTransitRequest request;
  std::string application;
  SafeguardAnswers safeguards;
};

absl::Status Submit(SubmitArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(arguments.application));
  RETURN_IF_ERROR(adapters::ReadJson(json, *arguments.request.mutable_application()));
  *arguments.request.mutable_safeguards() = arguments.safeguards.ToProto();
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SubmitTransit, arguments.request));
  SayExchange(environment, response.exchange());
  if (!PrintedAsJson(environment, response)) environment.out << Overview(response.case_(), environment.clock.Now());
  return absl::OkStatus();
}

void AddSubmit(const Command& transit) {
  const Command command = transit.Add("submit", "Ask a partner to let a person pass through to a third State");
  const auto arguments = std::make_shared<SubmitArguments>();
  v1::SubmitTransitRequest& request = arguments->request;
  command.Required("--to", "Agency asked, such as KGZ/interior-ministry", Into(*request.mutable_requested_agency()));
  command.Required("--application", "JSON file with the application", Into(arguments->application));
  AddSafeguardAnswers(command, arguments->safeguards);
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request.mutable_context());
  command.Run([arguments](Environment& environment) { return Submit(*arguments, environment); });
}

absl::Status TakeStep(const v1::ActOnTransitRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ActOnTransit, request));
  SayExchange(environment, response.exchange());
  if (response.overtaken()) {
    Say(environment, "The step has no effect: a step of the other side came first. It stays in the history.");
  }
  if (!PrintedAsJson(environment, response)) environment.out << Overview(response.case_(), environment.clock.Now());
  return absl::OkStatus();
}

void AddStep(const Command& transit, const StepCommand& step) {
  const Command command = transit.Add(step.name, step.help);
  const auto request = std::make_shared<v1::ActOnTransitRequest>();
  v1::TransitStep& taken = *request->mutable_step();
  taken.set_kind(step.kind);
  command.Required("case", "The transit", IntoLowerCase(*taken.mutable_case_id()));
  if (step.reasons == Reasons::kWithCode) {
    command.Required("--code", "Why", IntoEnum<v1::TransitRefusalCode>([&taken](v1::TransitRefusalCode code) {
                       taken.set_refusal_code(code);
                     }));
    command.Required("--reasons", "Written reasons", Into(*taken.mutable_reasons()));
  } else if (step.reasons == Reasons::kIfAny) {
    command.Optional("--reasons", "Written reasons, if any", Into(*taken.mutable_reasons()));
  }
  request->mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return TakeStep(*request, environment); });
}

}  // namespace

void AddTransitCommands(const Command& root) {
  const Command transit = root.Add("transit", "Let persons who are returned to a third State pass through");
  AddListCasesCommand(transit, "List transits, the last changed first", &Stub::ListTransits, TransitTable);
  AddShowCaseCommand(transit, "Show a transit: application, clocks, timeline, and what can be done now",
                     &Stub::GetTransit, WholeText);
  AddSubmit(transit);
  for (const StepCommand& step : kSteps) AddStep(transit, step);
}

}  // namespace tamga::cli
