// tamga audit list: entries of the log, newest first.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/cli/audit_parts.h"
#include "node/cli/display_text.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"
#include "node/cli/time_argument.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct ListArguments {
  v1::ListEntriesRequest request;
  std::string since;
  std::string until;
  uint64_t limit = kDefaultListLimit;
};

// What was decided; of an entry about obligations, which.
std::string OutcomeText(const v1::LogEntry& entry) {
  const std::string outcome = ShortEnumName(entry.outcome());
  if (entry.outcome() != v1::ENTRY_OUTCOME_UNSPECIFIED || entry.obligations().empty()) {
    return entry.reason().empty() ? outcome : absl::StrCat(outcome, " ", entry.reason());
  }
  std::vector<std::string> obligations;
  for (const int type : entry.obligations()) obligations.push_back(ShortEnumName(v1::ObligationType(type)));
  return absl::StrJoin(obligations, ", ");
}

std::vector<std::string> CellsOf(const v1::IndexedEntry& indexed) {
  const v1::LogEntry& entry = indexed.entry();
  return {absl::StrCat(indexed.position().index()),
          UtcText(FromProto(entry.logged_at())),
          ShortEnumName(entry.kind()),
          FormatUuid(entry.exchange_id()),
          entry.partner(),
          ShortEnumName(entry.operation()),
          OutcomeText(entry),
          ArticlesText(entry.articles())};
}

void PrintEntries(Environment& environment, const v1::ListEntriesResponse& response) {
  Table table({"INDEX", "LOGGED AT", "KIND", "EXCHANGE", "PARTNER", "OPERATION", "OUTCOME", "ARTICLES"});
  for (const v1::IndexedEntry& indexed : response.entries()) table.AddRow(CellsOf(indexed));
  PrintTable(environment, table);
}

absl::Status List(ListArguments& arguments, Environment& environment) {
  v1::ListEntriesRequest& request = arguments.request;
  if (!arguments.since.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_since(), ReadTimeOption("--since", arguments.since, environment.clock.Now()));
  }
  if (!arguments.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_until(), ReadTimeOption("--until", arguments.until, environment.clock.Now()));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   ListUpTo(
                       arguments.limit, request,
                       [&](const auto& page) { return session->Call(&v1::AuditService::Stub::ListEntries, page); },
                       [](const v1::ListEntriesResponse& pages) { return pages.entries_size(); }));
  if (!PrintedAsJson(environment, response)) PrintEntries(environment, response);
  return absl::OkStatus();
}

}  // namespace

std::string EntryLine(const v1::IndexedEntry& indexed) { return DisplayText(absl::StrJoin(CellsOf(indexed), "  ")); }

void AddEntryFilter(const Command& command, v1::ListEntriesRequest& request) {
  command.Optional("--partner", "Only with this agency", Into(*request.mutable_partner()));
  command.Optional("--kind", "Only this kind of entry",
                   IntoEnum<v1::EntryKind>([&request](v1::EntryKind kind) { request.set_kind(kind); }));
  command.Optional("--outcome", "Only with this outcome",
                   IntoEnum<v1::EntryOutcome>([&request](v1::EntryOutcome outcome) { request.set_outcome(outcome); }));
  command.Optional("--treaty", "Only about this treaty", Into(*request.mutable_treaty_id()));
  command.Optional("--article", "Only what cites this article, such as \"PALERMO-TIP-2000 art. 10.1\"",
                   Into(*request.mutable_article()));
  command.Optional("--record-kind", "Only this kind of record",
                   IntoEnum<v1::RecordKind>([&request](v1::RecordKind kind) { request.set_record_kind(kind); }));
  command.Optional("--operation", "Only this operation",
                   IntoEnum<v1::Operation>([&request](v1::Operation operation) { request.set_operation(operation); }));
  command.Optional("--asker", "Only what this certificate asked for: a SPIFFE id", Into(*request.mutable_asker()));
  command.Optional("--officer", "With --asker: only what it asked for this officer", Into(*request.mutable_officer()));
  command.Optional("--case-reference", "Only what was asked under this file number",
                   Into(*request.mutable_case_reference()));
  command.Optional("--exchange", "Only this exchange", Into(*request.mutable_exchange_id()));
}

void AddListEntriesCommand(const Command& audit) {
  const Command command = audit.Add("list", "List entries, newest first");
  const auto arguments = std::make_shared<ListArguments>();
  command.Optional("--since", "Only since then: 10m, 7d, 2026-11-23 or 2026-11-23T15:04:05Z", Into(arguments->since));
  command.Optional("--until", "Only before then, written in the same way", Into(arguments->until));
  AddEntryFilter(command, arguments->request);
  command.Optional("--limit", "Most entries to list; 100 if not given", Into(arguments->limit));
  command.Run([arguments](Environment& environment) { return List(*arguments, environment); });
}

}  // namespace tamga::cli
