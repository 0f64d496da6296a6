// tamga obligation: what exchanges obliged the own agency to, and what was done about it.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/cli/argument.h"
#include "node/cli/call_context.h"
#include "node/cli/commands.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"
#include "tamga/v1/obligation_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::ObligationService::Stub;

// "RETAIN_AT_MOST 30 days", "USE_ONLY_FOR READMISSION".
std::string DutyText(const v1::Obligation& obligation) {
  const std::string name = ShortEnumName(obligation.type());
  switch (obligation.type()) {
    case v1::OBLIGATION_TYPE_RETAIN_AT_MOST:
    case v1::OBLIGATION_TYPE_REPORT_USE:
      return absl::StrCat(name, " ", obligation.amount(), " days");
    case v1::OBLIGATION_TYPE_NOTIFY_WITHIN:
      return absl::StrCat(name, " ", obligation.amount(), " hours");
    case v1::OBLIGATION_TYPE_USE_ONLY_FOR: {
      std::vector<std::string> purposes;
      for (const int purpose : obligation.purposes()) purposes.push_back(ShortEnumName(v1::Purpose(purpose)));
      return absl::StrCat(name, " ", absl::StrJoin(purposes, ", "));
    }
    default:
      return name;
  }
}

// A line for each duty; with a state that was asked for, only for those in it.
Table DutyTable(const v1::ListHoldingsResponse& response, v1::DutyState state) {
  Table table({"DUE", "OBLIGATION", "STATE", "EXCHANGE", "PARTNER", "CAME WITH", "ARTICLES"});
  for (const v1::Holding& holding : response.holdings()) {
    for (const v1::HoldingDuty& duty : holding.duties()) {
      if (state != v1::DUTY_STATE_UNSPECIFIED && duty.state() != state) continue;
      table.AddRow({duty.has_due_at() ? UtcText(FromProto(duty.due_at())) : "-", DutyText(duty.obligation()),
                    ShortEnumName(duty.state()), FormatUuid(holding.exchange_id()), holding.partner(),
                    holding.own_asked() ? "their reply" : "their request", ArticlesText(holding.articles())});
    }
  }
  return table;
}

struct ListArguments {
  v1::ListHoldingsRequest request;
  uint64_t limit = kDefaultListLimit;
};

absl::Status List(const ListArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   ListUpTo(
                       arguments.limit, arguments.request,
                       [&](const auto& page) { return session->Call(&Stub::ListHoldings, page); },
                       [](const v1::ListHoldingsResponse& pages) { return pages.holdings_size(); }));
  if (!PrintedAsJson(environment, response)) PrintTable(environment, DutyTable(response, arguments.request.state()));
  return absl::OkStatus();
}

absl::Status Discharge(const v1::DischargeObligationRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::DischargeObligation, request));
  Say(environment,
      absl::StrCat(ShortEnumName(request.obligation()), " of exchange ", request.exchange_id(),
                   " is discharged: entry ", response.own_log().index(), " of ", response.own_log().origin()));
  PrintRecord(environment, response, response.holding());
  return absl::OkStatus();
}

void AddList(const Command& obligation) {
  const Command command = obligation.Add("list", "List what must be done, soonest due first");
  const auto arguments = std::make_shared<ListArguments>();
  v1::ListHoldingsRequest& request = arguments->request;
  command.Optional("--state", "Only what is in this state",
                   IntoEnum<v1::DutyState>([&request](v1::DutyState state) { request.set_state(state); }));
  command.Optional("--partner", "Only towards this agency", Into(*request.mutable_partner()));
  command.Optional("--exchange", "Only of this exchange", Into(*request.mutable_exchange_id()));
  command.Optional("--limit", "Most exchanges to list; 100 if not given", Into(arguments->limit));
  command.Run([arguments](Environment& environment) { return List(*arguments, environment); });
}

void AddDischarge(const Command& obligation) {
  const Command command = obligation.Add("discharge", "Record that an obligation was seen to; for officers");
  const auto request = std::make_shared<v1::DischargeObligationRequest>();
  command.Required("exchange", "The exchange", Into(*request->mutable_exchange_id()));
  command.Required("--partner", "The other agency of that exchange", Into(*request->mutable_partner()));
  Argument type = IntoEnum<v1::ObligationType>(
      [request = request.get()](v1::ObligationType seen_to) { request->set_obligation(seen_to); });
  type.choices = "HUMAN_REVIEW, NOTIFY_WITHIN or REPORT_USE";
  command.Required("--obligation", "What was seen to; the node itself sees to the others", type);
  command.Optional("--told-by", "Exchange by which the partner was told; not for HUMAN_REVIEW",
                   Into(*request->mutable_told_by_exchange()));
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return Discharge(*request, environment); });
}

}  // namespace

void AddObligationCommands(const Command& root) {
  const Command obligation = root.Add("obligation", "See what exchanges oblige to, and record what was done");
  AddList(obligation);
  AddDischarge(obligation);
}

}  // namespace tamga::cli
