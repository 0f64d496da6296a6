// tamga audit list: entries of the log, newest first.
#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/cli/audit_parts.h"
#include "node/cli/display_text.h"
#include "node/cli/exchange_text.h"
#include "node/cli/nothing_found.h"
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
  bool all = false;
  bool readings = false;
};

// The columns of an entry, and how wide each is where lines are written before the next is known.
constexpr std::pair<const char*, size_t> kColumns[] = {{"INDEX", 8},     {"LOGGED AT", 24}, {"KIND", 12},
                                                       {"EXCHANGE", 36}, {"PARTNER", 24},   {"OPERATION", 22},
                                                       {"OUTCOME", 20},  {"ARTICLES", 0}};

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

// Of an entry about who read the log, by which call.
std::string OperationText(const v1::LogEntry& entry) {
  return entry.read().empty() ? ShortEnumName(entry.operation()) : entry.read();
}

std::vector<std::string> CellsOf(const v1::IndexedEntry& indexed) {
  const v1::LogEntry& entry = indexed.entry();
  return {absl::StrCat(indexed.position().index()),
          UtcText(FromProto(entry.logged_at())),
          ShortEnumName(entry.kind()),
          FormatUuid(entry.exchange_id()),
          entry.partner(),
          OperationText(entry),
          OutcomeText(entry),
          ArticlesText(entry.articles())};
}

void PrintEntries(Environment& environment, const v1::ListEntriesResponse& response) {
  Table table({"INDEX", "LOGGED AT", "KIND", "EXCHANGE", "PARTNER", "OPERATION", "OUTCOME", "ARTICLES"});
  for (const v1::IndexedEntry& indexed : response.entries()) table.AddRow(CellsOf(indexed));
  PrintTable(environment, table);
}

std::string LineOf(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = DisplayText(cells[i]);
    const size_t width = std::max(DisplayWidth(cell), kColumns[i].second);
    absl::StrAppend(&line, cell, std::string(width - DisplayWidth(cell) + 2, ' '));
  }
  return std::string(absl::StripTrailingAsciiWhitespace(line));
}

// That the list is not all there is must not go unnoticed: what is missing are the oldest.
void SayWhatIsLeft(const v1::ListEntriesResponse& response, const Sought& sought, Session& session,
                   Environment& environment) {
  if (response.entries().empty()) return SayNothingFound(session, sought, environment);
  if (response.next_page_token().empty()) return;
  Say(environment, absl::StrCat("There are older ones than these ", response.entries_size(),
                                ". --all lists all; to go on from here, repeat the command with "
                                "dates instead of durations and --page-token ",
                                response.next_page_token()));
}

absl::Status List(ListArguments& arguments, Environment& environment) {
  v1::ListEntriesRequest& request = arguments.request;
  if (arguments.limit == 0) return InvalidField("--limit", "must be at least 1");
  LeaveOutReadings(arguments.readings, &request);
  if (!arguments.since.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_since(), ReadTimeOption("--since", arguments.since, environment.clock.Now()));
  }
  if (!arguments.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_until(), ReadTimeOption("--until", arguments.until, environment.clock.Now()));
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   ListUpTo(
                       arguments.all ? std::numeric_limits<uint64_t>::max() : arguments.limit, request,
                       [&](const auto& page) { return session->Call(&v1::AuditService::Stub::ListEntries, page); },
                       [](const v1::ListEntriesResponse& pages) { return pages.entries_size(); }));
  if (!PrintedAsJson(environment, response)) PrintEntries(environment, response);
  SayWhatIsLeft(response,
                {request.partner(), request.treaty_id(), request.article(), request.asker(), request.officer()},
                *session, environment);
  return absl::OkStatus();
}

}  // namespace

std::string EntryHeader() {
  std::vector<std::string> headings;
  for (const auto& [heading, width] : kColumns) headings.emplace_back(heading);
  return LineOf(headings);
}

std::string EntryLine(const v1::IndexedEntry& indexed) { return LineOf(CellsOf(indexed)); }

void LeaveOutReadings(bool readings, v1::ListEntriesRequest* request) {
  request->set_without_readings(!readings && request->kind() != v1::ENTRY_KIND_READ);
}

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
  command.Optional("--asker", "Only what this certificate (a SPIFFE id) asked for, of that only what named no officer",
                   Into(*request.mutable_asker()));
  command.Optional("--officer", "With --asker: instead, only what it asked for this officer",
                   Into(*request.mutable_officer()));
  command.Optional("--case-reference", "Only what was asked under this file number",
                   Into(*request.mutable_case_reference()));
  command.Optional("--exchange", "Only this exchange", IntoLowerCase(*request.mutable_exchange_id()));
}

void AddListEntriesCommand(const Command& audit) {
  const Command command = audit.Add("list", "List entries, newest first");
  const auto arguments = std::make_shared<ListArguments>();
  command.Optional("--since", "Only since then: 10m, 7d, 2026-11-23 or 2026-11-23T15:04:05Z", Into(arguments->since));
  command.Optional("--until", "Only before then, written in the same way", Into(arguments->until));
  AddEntryFilter(command, arguments->request);
  command.Optional("--seal-key", "Only messages that this key sealed: 64 digits, as pki show has them",
                   IntoLowerCase(*arguments->request.mutable_seal_key_id()));
  command.Optional("--limit", "Most entries to list; 100 if not given", Into(arguments->limit));
  command.Flag("--all", "List all, however many", arguments->all);
  command.Optional("--page-token", "Go on where a list ended that was asked for in the same way",
                   Into(*arguments->request.mutable_page_token()));
  command.Flag("--readings", kReadingsHelp, arguments->readings);
  command.Run([arguments](Environment& environment) { return List(*arguments, environment); });
}

}  // namespace tamga::cli
