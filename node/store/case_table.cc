// What readmission cases are found by.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] =
    "SELECT case_id, treaty, state, partner, due_at, own_due_at, partner_due_at, act_at, change, mac "
    "FROM readmission_case ";
// Begins the name in the token of a list by change; those of a list by clock are case ids, which have no space.
constexpr char kByChange[] = "change ";

std::string MacOf(const RowMac& mac, const CaseRow& row) {
  return mac.Make(
      "readmission_case",
      {row.case_id, row.treaty_id, int64_t{row.state}, row.partner, RowMac::Of(row.due_at), RowMac::Of(row.own_due_at),
       RowMac::Of(row.partner_due_at), RowMac::Of(row.act_at), static_cast<int64_t>(row.change)});
}

// A time as it was before it was stored: the largest that fits stands for InfiniteFuture.
absl::Time TimeOf(const Statement& statement, int column) {
  return statement.Int(column) == absl::ToUnixNanos(absl::InfiniteFuture()) ? absl::InfiniteFuture()
                                                                            : statement.Time(column);
}

absl::StatusOr<CaseRow> RowOf(const RowMac& mac, const Statement& statement) {
  CaseRow row;
  row.case_id = statement.Bytes(0);
  row.treaty_id = statement.Bytes(1);
  row.state = static_cast<int>(statement.Int(2));
  row.partner = statement.Bytes(3);
  row.due_at = TimeOf(statement, 4);
  row.own_due_at = TimeOf(statement, 5);
  row.partner_due_at = TimeOf(statement, 6);
  row.act_at = TimeOf(statement, 7);
  row.change = static_cast<uint64_t>(statement.Int(8));
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(9), "readmission case", row.case_id));
  return row;
}

absl::StatusOr<std::vector<CaseRow>> RowsOf(const RowMac& mac, Statement& statement) {
  return AllRows<CaseRow>(statement, [&mac](const Statement& row) { return RowOf(mac, row); });
}

// The column by whose order the list goes.
const char* DueColumn(ClockSide side) {
  switch (side) {
    case ClockSide::kOwn:
      return "own_due_at";
    case ClockSide::kPartner:
      return "partner_due_at";
    case ClockSide::kEither:
      break;
  }
  return "due_at";
}

absl::Time DueOf(const CaseRow& row, ClockSide side) {
  switch (side) {
    case ClockSide::kOwn:
      return row.own_due_at;
    case ClockSide::kPartner:
      return row.partner_due_at;
    case ClockSide::kEither:
      break;
  }
  return row.due_at;
}

// Whether `a` comes before `b` in the list.
bool Before(const CaseFilter& filter, const CaseRow& a, const CaseRow& b) {
  if (!filter.ByClock()) return a.change > b.change;
  return std::pair(DueOf(a, filter.side), a.case_id) < std::pair(DueOf(b, filter.side), b.case_id);
}

// Where a page begins: behind this place.
struct Place {
  int64_t key = 0;  // change number or time
  std::string case_id;
};

absl::StatusOr<std::optional<Place>> PlaceOf(const CaseFilter& filter, absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> end, ReadPageToken(page_token));
  if (!end) return std::optional<Place>();
  absl::string_view name = end->name;
  const bool by_change = absl::ConsumePrefix(&name, kByChange);
  Place place{absl::ToUnixNanos(end->time), std::string(name)};
  if (by_change == filter.ByClock() || (by_change && !absl::SimpleAtoi(name, &place.key))) {
    return InvalidField("page_token", "not a token of this list; leave it empty to begin with the first page");
  }
  return std::optional<Place>(std::move(place));
}

// Bit n: the state n. Of a fixed form, so that there are few statements to be kept.
int64_t BitsOf(const std::vector<int>& states) {
  uint64_t bits = 0;
  for (const int state : states) {
    if (state >= 0 && state < 63) bits |= uint64_t{1} << state;
  }
  return static_cast<int64_t>(bits);
}

// One search, in the order of an index. A plus sign keeps a column's index from being chosen: without it SQLite, which
// does not know how many cases are of one treaty, may sort them all.
struct Search {
  std::optional<int> state;
  bool by_treaty = false;  // the index begins with the treaty
};

std::string SqlOf(const CaseFilter& filter, const Search& search, bool after) {
  std::string sql = absl::StrCat(kColumns, "WHERE 1");
  if (search.state) absl::StrAppend(&sql, " AND state = ?1");
  if (!search.state && !filter.states.empty()) absl::StrAppend(&sql, " AND (?8 >> state) & 1");
  if (!filter.treaty_id.empty()) absl::StrAppend(&sql, " AND ", search.by_treaty ? "" : "+", "treaty = ?2");
  if (!filter.partner.empty()) absl::StrAppend(&sql, " AND partner = ?3");
  if (!filter.ByClock()) {
    return absl::StrCat(sql, after ? " AND change < ?4" : "", " ORDER BY change DESC LIMIT ?6");
  }
  const char* due = DueColumn(filter.side);
  if (after) absl::StrAppend(&sql, " AND (", due, ", case_id) > (?4, ?5)");
  absl::StrAppend(&sql, " AND ", due, " <= ?7");
  return absl::StrCat(sql, " ORDER BY ", due, ", case_id LIMIT ?6");
}

absl::StatusOr<std::vector<CaseRow>> Find(Database& database, const RowMac& mac, const CaseFilter& filter,
                                          const Search& search, const std::optional<Place>& after, size_t limit) {
  Statement statement(database, SqlOf(filter, search, after.has_value()));
  if (search.state) statement.BindInt(1, *search.state);
  if (!search.state && !filter.states.empty()) statement.BindInt(8, BitsOf(filter.states));
  if (!filter.treaty_id.empty()) statement.BindText(2, filter.treaty_id);
  if (!filter.partner.empty()) statement.BindText(3, filter.partner);
  if (after) statement.BindInt(4, after->key);
  if (after && filter.ByClock()) statement.BindText(5, after->case_id);
  statement.BindInt(6, static_cast<int64_t>(limit));
  if (filter.ByClock()) {
    // A case without such a clock is never due, whatever the time that is asked for.
    const int64_t never = absl::ToUnixNanos(absl::InfiniteFuture());
    statement.BindInt(7, std::min(never - 1, absl::ToUnixNanos(filter.due_by.value_or(absl::InfiniteFuture()))));
  }
  return RowsOf(mac, statement);
}

// The states that are asked for, each once, if they are searched one by one. A list by the clocks of one side has no
// index by state.
std::vector<Search> SearchesOf(const CaseFilter& filter) {
  if (filter.side != ClockSide::kEither) return {Search{}};
  if (filter.states.empty()) return {Search{.state = std::nullopt, .by_treaty = true}};
  std::vector<int> states = filter.states;
  std::sort(states.begin(), states.end());
  states.erase(std::unique(states.begin(), states.end()), states.end());
  std::vector<Search> searches;
  for (const int state : states) searches.push_back({.state = state, .by_treaty = false});
  return searches;
}

absl::Status Put(Database& database, const RowMac& mac, const CaseRow& row) {
  Statement statement(database,
                      "INSERT OR REPLACE INTO readmission_case(case_id, treaty, state, partner, due_at, own_due_at, "
                      "partner_due_at, act_at, change, mac) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  return statement.BindText(1, row.case_id)
      .BindText(2, row.treaty_id)
      .BindInt(3, row.state)
      .BindText(4, row.partner)
      .BindTime(5, row.due_at)
      .BindTime(6, row.own_due_at)
      .BindTime(7, row.partner_due_at)
      .BindTime(8, row.act_at)
      .BindInt(9, static_cast<int64_t>(row.change))
      .BindBlob(10, MacOf(mac, row))
      .Run();
}

}  // namespace

absl::StatusOr<CaseRow> Reader::GetCase(absl::string_view case_id) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE case_id = ?1"));
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, case_id).Step());
  if (!found) return absl::NotFoundError("there is no such readmission case");
  return RowOf(mac_, statement);
}

absl::StatusOr<CasePage> Reader::ListCases(const CaseFilter& filter, size_t page_size, absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<Place> after, PlaceOf(filter, page_token));
  CasePage page;
  const std::vector<Search> searches = SearchesOf(filter);
  for (const Search& search : searches) {
    // One more than asked for tells whether there is a next page.
    ASSIGN_OR_RETURN(std::vector<CaseRow> found, Find(database_, mac_, filter, search, after, page_size + 1));
    std::move(found.begin(), found.end(), std::back_inserter(page.cases));
  }
  if (searches.size() > 1) {
    std::sort(page.cases.begin(), page.cases.end(),
              [&filter](const CaseRow& a, const CaseRow& b) { return Before(filter, a, b); });
  }
  if (page.cases.size() <= page_size) return page;
  page.cases.resize(page_size);
  const CaseRow& last = page.cases.back();
  page.next_page_token =
      MakePageToken(filter.ByClock() ? PageEnd{DueOf(last, filter.side), last.case_id}
                                     : PageEnd{absl::UnixEpoch(), absl::StrCat(kByChange, last.change)});
  return page;
}

absl::StatusOr<std::vector<CaseToActOn>> Reader::CasesToActOn(absl::Time now, size_t limit) {
  Statement statement(database_,
                      "SELECT case_id, act_at, change FROM readmission_case WHERE act_at <= ?1 "
                      "ORDER BY act_at, case_id LIMIT ?2");
  // A case that the clock never changes is not due, whatever the time.
  const int64_t never = absl::ToUnixNanos(absl::InfiniteFuture());
  statement.BindInt(1, std::min(never - 1, absl::ToUnixNanos(now))).BindInt(2, static_cast<int64_t>(limit));
  return AllRows<CaseToActOn>(statement, [](const Statement& row) {
    return CaseToActOn{row.Bytes(0), row.Time(1), static_cast<uint64_t>(row.Int(2))};
  });
}

absl::StatusOr<std::vector<CaseRow>> Reader::CaseChanges(uint64_t after, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE change > ?1 ORDER BY change LIMIT ?2"));
  return RowsOf(mac_, statement.BindInt(1, static_cast<int64_t>(after)).BindInt(2, static_cast<int64_t>(limit)));
}

absl::StatusOr<CaseChangesHead> Reader::NewestCaseChange() {
  Statement statement(database_, "SELECT epoch, newest FROM case_changes WHERE one = 1");
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return absl::DataLossError("the number of the cases' last change is gone; restore the database");
  return CaseChangesHead{statement.Bytes(0), static_cast<uint64_t>(statement.Int(1))};
}

absl::StatusOr<std::map<int, uint64_t>> Reader::CountCasesByState() {
  Statement statement(database_, "SELECT state, count(*) FROM readmission_case GROUP BY state");
  std::map<int, uint64_t> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return counts;
    counts[static_cast<int>(statement.Int(0))] = static_cast<uint64_t>(statement.Int(1));
  }
}

absl::StatusOr<uint64_t> Reader::CountCasesOverdue(absl::Time now) {
  Statement statement(database_, "SELECT count(*) FROM readmission_case WHERE due_at <= ?1");
  RETURN_IF_ERROR(statement.BindTime(1, now).Step().status());
  return static_cast<uint64_t>(statement.Int(0));
}

absl::Status Transaction::PutCase(const CaseRow& row) {
  RETURN_IF_ERROR(Statement(database_, "UPDATE case_changes SET newest = newest + 1 WHERE one = 1").Run());
  ASSIGN_OR_RETURN(const CaseChangesHead head, NewestCaseChange());
  CaseRow numbered = row;
  numbered.change = head.newest;
  return Put(database_, mac_, numbered);
}

absl::Status Transaction::PostponeCase(const CaseToActOn& seen, absl::Time act_at) {
  absl::StatusOr<CaseRow> row = GetCase(seen.case_id);
  if (absl::IsNotFound(row.status())) return absl::OkStatus();
  if (absl::IsDataLoss(row.status())) {
    // The MAC stays as it was, so that this vouches for nothing.
    Statement statement(database_, "UPDATE readmission_case SET act_at = ?2 WHERE case_id = ?1");
    return statement.BindText(1, seen.case_id).BindTime(2, act_at).Run();
  }
  RETURN_IF_ERROR(row.status());
  if (row->change != seen.change) return absl::OkStatus();
  row->act_at = act_at;
  return Put(database_, mac_, *row);
}

absl::Status Transaction::RemoveCase(absl::string_view case_id) {
  return Statement(database_, "DELETE FROM readmission_case WHERE case_id = ?1").BindText(1, case_id).Run();
}

}  // namespace tamga::store
