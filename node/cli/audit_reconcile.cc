// tamga audit reconcile: compare a node's log with a partner's.
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/enum_name.h"
#include "node/cli/exit_code.h"
#include "node/cli/nothing_found.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AuditService::Stub;

struct ReconcileArguments {
  v1::ReconcileRequest request;
  std::string month;
  std::string since;
  std::string until;
};

// "2026-11": from its first instant to its last, or to now if it is not over.
absl::Status SetMonth(const std::string& month, absl::Time now, v1::ReconcileRequest* request) {
  absl::CivilMonth civil;
  if (!absl::ParseCivilTime(month, &civil)) return InvalidField("--month", "must be a month, such as 2026-11");
  const absl::Time since = absl::FromCivil(civil, absl::UTCTimeZone());
  const absl::Time until = std::min(absl::FromCivil(civil + 1, absl::UTCTimeZone()), now);
  if (until <= since) return InvalidField("--month", "has not begun");
  *request->mutable_since() = ToProto(since);
  *request->mutable_until() = ToProto(until);
  return absl::OkStatus();
}

absl::Status SetPeriod(const ReconcileArguments& arguments, absl::Time now, v1::ReconcileRequest* request) {
  const absl::Time this_second = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  if (arguments.month.empty() == arguments.since.empty()) return UsageError("name either a --month or --since");
  if (!arguments.month.empty()) {
    if (!arguments.until.empty()) return UsageError("--until goes with --since");
    return SetMonth(arguments.month, this_second, request);
  }
  ASSIGN_OR_RETURN(*request->mutable_since(), ReadTimeOption("--since", arguments.since, this_second));
  *request->mutable_until() = ToProto(this_second);
  if (arguments.until.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*request->mutable_until(), ReadTimeOption("--until", arguments.until, this_second));
  return absl::OkStatus();
}

bool IsEmpty(const v1::LogComparison& comparison) {
  return comparison.matched() + comparison.only_here() + comparison.only_there() + comparison.differs() == 0;
}

void PrintResult(const v1::ReconcileResponse& response, Environment& environment) {
  const v1::LogComparison& comparison = response.comparison();
  Table numbers({"MATCHED", "ONLY HERE", "ONLY THERE", "DIFFERS", "OWN ROOT", "PARTNER'S ROOT"});
  numbers.AddRow({absl::StrCat(comparison.matched()), absl::StrCat(comparison.only_here()),
                  absl::StrCat(comparison.only_there()), absl::StrCat(comparison.differs()),
                  HexEncode(comparison.own_root()).substr(0, 16), HexEncode(comparison.partner_root()).substr(0, 16)});
  PrintTable(environment, numbers);
  if (IsEmpty(comparison)) {
    Say(environment,
        "Neither log has an exchange between the two in this period: there was nothing to compare, and the "
        "roots are the hash of nothing.");
  }
  if (response.differences().empty()) return;
  environment.out << "\n";
  Table table({"EXCHANGE", "ENTRY", "WHERE", "INDEX", "PROOF", "WHAT IT MEANS"});
  for (const v1::LogDifference& difference : response.differences()) {
    table.AddRow({difference.exchange_id(), ShortEnumName(difference.kind()), ShortEnumName(difference.type()),
                  difference.has_own() ? absl::StrCat(difference.own().position().index()) : "-",
                  difference.partner_proof().empty() ? "-" : "the partner's receipt", difference.explanation()});
  }
  PrintTable(environment, table);
  if (response.more()) Say(environment, "There are more; compare a shorter period to see them.");
}

// A difference is for a script to notice.
absl::Status Verdict(const v1::ReconcileResponse& response) {
  if (!response.has_partner_log()) {
    return Error(absl::StatusCode::kUnavailable, "PARTNER_NOT_TOLD",
                 "the partner has not logged the result; compare again when it can be reached");
  }
  const v1::LogComparison& comparison = response.comparison();
  if (comparison.only_here() + comparison.only_there() + comparison.differs() == 0) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "LOGS_DIFFER", "the two logs do not match"));
}

absl::Status Reconcile(ReconcileArguments arguments, Environment& environment) {
  v1::ReconcileRequest& request = arguments.request;
  RETURN_IF_ERROR(SetPeriod(arguments, environment.clock.Now(), &request));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  // Both nodes log the comparison, so one of a treaty that does not exist must not come about by a slip.
  RETURN_IF_ERROR(CheckTreatyIsKnown(*session, request.treaty_id()));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::Reconcile, request));
  if (!PrintedAsJson(environment, response)) {
    PrintResult(response, environment);
    Say(environment,
        absl::StrCat("Logged as entry ", response.own_log().index(), " of ", response.own_log().origin(),
                     response.has_partner_log() ? absl::StrCat(" and entry ", response.partner_log().index(), " of ",
                                                               response.partner_log().origin())
                                                : ""));
  }
  return Verdict(response);
}

}  // namespace

void AddReconcileCommand(const Command& audit) {
  const Command command = audit.Add("reconcile", "Compare the node's log with a partner's; both log the result");
  const auto arguments = std::make_shared<ReconcileArguments>();
  v1::ReconcileRequest& request = arguments->request;
  v1::CallContext& context = *request.mutable_context();
  context.set_purpose(v1::PURPOSE_AUDIT);
  command.Required("--with", "The partner", Into(*request.mutable_partner()));
  command.Optional("--treaty", "Only exchanges under this treaty", Into(*request.mutable_treaty_id()));
  command.Optional("--month", "A month, such as 2026-11", Into(arguments->month));
  command.Optional("--since", "Instead: begin of a period of at most 31 days", Into(arguments->since));
  command.Optional("--until", "End of that period; now if not given", Into(arguments->until));
  command.Required("--case-reference", "Your agency's file number; never a name",
                   Into(*context.mutable_case_reference()));
  command.Optional("--officer", "Staff number of the officer for whom it is asked; never a name",
                   Into(*context.mutable_officer()));
  command.Run([arguments](Environment& environment) { return Reconcile(*arguments, environment); });
}

}  // namespace tamga::cli
