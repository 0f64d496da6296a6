// tamga audit statistics: the log in numbers.
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/enum_name.h"
#include "node/cli/nothing_found.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct StatisticsArguments {
  v1::GetStatisticsRequest request;
  std::string since;
  std::string until;
  bool readings = false;
};

void RemoveReadings(v1::GetStatisticsResponse* response) {
  auto& counts = *response->mutable_counts();
  counts.erase(std::remove_if(counts.begin(), counts.end(),
                              [](const v1::EntryCount& count) { return count.kind() == v1::ENTRY_KIND_READ; }),
               counts.end());
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

absl::Status Statistics(StatisticsArguments& arguments, Environment& environment) {
  v1::GetStatisticsRequest& request = arguments.request;
  if (!arguments.since.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_since(), ReadTimeOption("--since", arguments.since, environment.clock.Now()));
  }
  if (!arguments.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_until(), ReadTimeOption("--until", arguments.until, environment.clock.Now()));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(auto response, session->Call(&v1::AuditService::Stub::GetStatistics, request));
  if (!arguments.readings) RemoveReadings(&response);
  if (response.counts().empty()) {
    SayNothingFound(*session, {request.partner(), request.treaty_id(), "", "", ""}, environment);
  }
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table table({"DAY", "PARTNER", "TREATY", "ARTICLE", "OPERATION", "KIND", "OUTCOME", "ENTRIES"});
  for (const v1::EntryCount& count : response.counts()) {
    table.AddRow({OrDash(count.day()), OrDash(count.partner()), OrDash(count.treaty_id()), OrDash(count.article()),
                  ShortEnumName(count.operation()), ShortEnumName(count.kind()), ShortEnumName(count.outcome()),
                  absl::StrCat(count.count())});
  }
  PrintTable(environment, table);
  return absl::OkStatus();
}

}  // namespace

void AddStatisticsCommand(const Command& audit) {
  const Command command =
      audit.Add("statistics", "Count entries by day, partner, treaty, article, operation, kind and outcome");
  const auto arguments = std::make_shared<StatisticsArguments>();
  command.Optional("--since", "Only since then: 10m, 7d, 2026-11-23 or 2026-11-23T15:04:05Z", Into(arguments->since));
  command.Optional("--until", "Only before then, written in the same way", Into(arguments->until));
  command.Optional("--partner", "Only with this agency", Into(*arguments->request.mutable_partner()));
  command.Optional("--treaty", "Only about this treaty", Into(*arguments->request.mutable_treaty_id()));
  command.Flag("--readings", kReadingsHelp, arguments->readings);
  command.Run([arguments](Environment& environment) { return Statistics(*arguments, environment); });
}

}  // namespace tamga::cli
