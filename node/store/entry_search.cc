// Entries of the exchange log by what they say.
//
// Whatever of an entry can be asked for and has few values makes up its facet (see the schema). A search looks up the
// facets that fit and takes from each its newest entries, which stand in order in an index: so it reads about as many
// entries as it returns, however rare what is asked for. Where many facets fit, what is asked for is frequent; then a
// glance at the newest entries of all mostly fills the page.
#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/reader.h"

namespace tamga::store {
namespace {

constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
constexpr size_t kManyFacets = 32;
constexpr size_t kGlance = 2048;  // entries; two milliseconds or so
constexpr int64_t kDay = int64_t{24} * 60 * 60 * 1'000'000'000;

// Conditions without a value are always true, so that one statement serves for all filters: the table is small.
constexpr char kFacets[] =
    "SELECT id, kind FROM facet WHERE (?1 = '' OR partner = ?1) AND "
    // All names that begin with "KGZ/": '0' follows '/' in ASCII.
    "(?2 = '' OR partner >= ?2 || '/' AND partner < ?2 || '0') AND (?3 = 0 OR kind = ?3) AND "
    "(?4 = 0 OR outcome = ?4) AND (?5 = '' OR treaty = ?5) AND "
    "(?6 = '' OR instr(char(10) || articles, char(10) || ?6 || char(10)) > 0) AND (?7 = 0 OR record_kind = ?7) AND "
    "(?8 = 0 OR operation = ?8)";

// Only facets that entries with this pseudonym have: from one to the next larger, without looking at all entries.
std::string AmongThoseWith(absl::string_view column) {
  return absl::StrCat(" AND id IN (WITH RECURSIVE used(f) AS (SELECT min(facet) FROM entry WHERE ", column,
                      " = ?9 UNION ALL SELECT (SELECT min(facet) FROM entry WHERE ", column,
                      " = ?9 AND facet > f) FROM used WHERE f IS NOT NULL) SELECT f FROM used)");
}

struct Facet {
  int64_t id = 0;
  int kind = 0;
};

absl::StatusOr<std::vector<Facet>> FacetsOf(Database& database, const EntryFilter& filter) {
  const absl::string_view column = !filter.case_file.empty() ? "case_file" : !filter.asker.empty() ? "asker" : "";
  Statement statement(database, column.empty() ? std::string(kFacets) : absl::StrCat(kFacets, AmongThoseWith(column)));
  statement.BindText(1, filter.partner)
      .BindText(2, filter.partner_state)
      .BindInt(3, filter.kind)
      .BindInt(4, filter.outcome)
      .BindText(5, filter.treaty_id)
      .BindText(6, filter.article)
      .BindInt(7, filter.record_kind)
      .BindInt(8, filter.operation);
  if (!column.empty()) statement.BindBlob(9, filter.case_file.empty() ? filter.asker : filter.case_file);
  ASSIGN_OR_RETURN(std::vector<Facet> facets, AllRows<Facet>(statement, [](const Statement& row) {
                     return Facet{row.Int(0), static_cast<int>(row.Int(1))};
                   }));
  const auto unwanted = [&](const Facet& facet) {
    const auto& without = filter.without_kinds;
    return std::find(without.begin(), without.end(), facet.kind) != without.end();
  };
  facets.erase(std::remove_if(facets.begin(), facets.end(), unwanted), facets.end());
  return facets;
}

// Whether anything is asked of the entries but their time.
bool WantsFacets(const EntryFilter& filter) {
  return !filter.partner.empty() || !filter.partner_state.empty() || filter.kind != 0 || filter.outcome != 0 ||
         !filter.treaty_id.empty() || !filter.article.empty() || filter.record_kind != 0 || filter.operation != 0 ||
         !filter.asker.empty() || !filter.case_file.empty() || !filter.without_kinds.empty() || filter.own_kind != 0;
}

// Whose entries of each facet are wanted, by the facet's id; empty: anybody's.
using Wanted = absl::flat_hash_map<int64_t, std::string>;

Wanted WantedOf(const EntryFilter& filter, const std::vector<Facet>& facets) {
  Wanted wanted;
  for (const Facet& facet : facets) {
    if (filter.own_kind == 0 || facet.kind != filter.own_kind) {
      wanted.emplace(facet.id, filter.asker);
    } else if (!filter.own_asker.empty() && (filter.asker.empty() || filter.asker == filter.own_asker)) {
      wanted.emplace(facet.id, filter.own_asker);
    }
  }
  return wanted;
}

// A place in the order of a list.
using Place = std::pair<int64_t, int64_t>;  // time, index

constexpr char kPlaceBounds[] = "t >= ?1 AND t <= ?2 AND (t, idx) < (?3, ?4) AND +idx >= 0 AND +idx < ?5 ";
constexpr char kPlaceOrder[] = "ORDER BY t DESC, idx DESC LIMIT ?6";

// Where a page lies.
struct Window {
  int64_t since = kFirst;
  int64_t last = kLast;  // inclusive
  Place before = {kLast, kLast};
  int64_t below = kLast;
};

absl::StatusOr<Window> WindowOf(const EntryFilter& filter, const std::optional<PageEnd>& after) {
  Window window;
  if (filter.since) window.since = absl::ToUnixNanos(*filter.since);
  if (filter.until) window.last = absl::ToUnixNanos(*filter.until) - 1;
  if (filter.below) window.below = static_cast<int64_t>(std::min(*filter.below, static_cast<uint64_t>(kLast)));
  if (!after) return window;
  window.before.first = absl::ToUnixNanos(after->time);
  if (!absl::SimpleAtoi(after->name, &window.before.second)) {
    return InvalidField("page_token", "not a token of this list");
  }
  window.last = std::min(window.last, window.before.first);
  return window;
}

// The newest places of a window, up to a number of them.
class NewestPlaces {
 public:
  NewestPlaces(Database& database, const Window& window, size_t most)
      : database_(database), window_(window), most_(most) {}

  absl::Status AddAll() {
    Statement statement(database_,
                        absl::StrCat("SELECT t, idx FROM entry INDEXED BY entry_t WHERE ", kPlaceBounds, kPlaceOrder));
    return Add(statement);
  }

  absl::Status AddWanted(const Wanted& wanted, absl::string_view case_file) {
    if (wanted.size() >= kManyFacets && case_file.empty()) {
      ASSIGN_OR_RETURN(const bool done, Glance(wanted));
      if (done) return absl::OkStatus();
    }
    for (const auto& [facet, asker] : wanted) RETURN_IF_ERROR(AddFacet(facet, asker, case_file));
    return absl::OkStatus();
  }

  // Newest first.
  std::vector<Place> Take() {
    std::vector<Place> places;
    for (; !oldest_.empty(); oldest_.pop()) places.push_back(oldest_.top());
    std::reverse(places.begin(), places.end());
    return places;
  }

 private:
  // Takes what is wanted of the newest entries of the window and leaves the rest of the window. True if nothing older
  // can be wanted.
  absl::StatusOr<bool> Glance(const Wanted& wanted) {
    Statement statement(database_, absl::StrCat("SELECT t, idx, facet, asker FROM entry INDEXED BY entry_t WHERE ",
                                                kPlaceBounds, kPlaceOrder));
    BindBounds(statement, kGlance);
    for (size_t seen = 0; seen < kGlance; ++seen) {
      ASSIGN_OR_RETURN(const bool more, statement.Step());
      if (!more) return true;
      window_.before = {statement.Int(0), statement.Int(1)};
      const auto found = wanted.find(statement.Int(2));
      if (found == wanted.end()) continue;
      if (!found->second.empty() && found->second != statement.Bytes(3)) continue;
      oldest_.push(window_.before);
      if (oldest_.size() == most_) return true;
    }
    window_.last = window_.before.first;
    return false;
  }

  absl::Status AddFacet(int64_t facet, absl::string_view asker, absl::string_view case_file) {
    const char* condition = "INDEXED BY entry_facet WHERE facet = ?7 AND ";
    if (!case_file.empty()) {
      condition = "INDEXED BY entry_case WHERE case_file = ?9 AND facet = ?7 AND (?8 IS NULL OR asker = ?8) AND ";
    } else if (!asker.empty()) {
      condition = "INDEXED BY entry_asker WHERE asker = ?8 AND facet = ?7 AND ";
    }
    Statement statement(database_, absl::StrCat("SELECT t, idx FROM entry ", condition, kPlaceBounds, kPlaceOrder));
    statement.BindInt(7, facet);
    if (!asker.empty()) statement.BindBlob(8, asker);
    if (!case_file.empty()) statement.BindBlob(9, case_file);
    return Add(statement);
  }

  void BindBounds(Statement& statement, size_t limit) const {
    // What is older than all that is there already need not be read.
    const int64_t since = oldest_.size() == most_ ? std::max(window_.since, oldest_.top().first) : window_.since;
    statement.BindInt(1, since).BindInt(2, window_.last).BindInt(3, window_.before.first);
    statement.BindInt(4, window_.before.second).BindInt(5, window_.below).BindInt(6, static_cast<int64_t>(limit));
  }

  absl::Status Add(Statement& statement) {
    BindBounds(statement, most_);
    while (true) {
      ASSIGN_OR_RETURN(const bool more, statement.Step());
      if (!more) return absl::OkStatus();
      oldest_.emplace(statement.Int(0), statement.Int(1));
      if (oldest_.size() > most_) oldest_.pop();
    }
  }

  Database& database_;
  Window window_;
  const size_t most_;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> oldest_;
};

}  // namespace

bool EntryFilter::Covers(const EntryRow& row) const {
  const auto fits = [](const auto& wanted, const auto& value) { return wanted.empty() || wanted == value; };
  const auto fits_number = [](int wanted, int value) { return wanted == 0 || wanted == value; };
  const std::string lines = "\n" + row.articles;
  return (!since || row.time >= *since) && (!until || row.time < *until) && (!below || row.index < *below) &&
         fits(partner, row.partner) &&
         (partner_state.empty() || absl::StartsWith(row.partner, absl::StrCat(partner_state, "/"))) &&
         fits_number(kind, row.kind) && fits_number(outcome, row.outcome) && fits(treaty_id, row.treaty_id) &&
         (article.empty() || absl::StrContains(lines, absl::StrCat("\n", article, "\n"))) &&
         fits_number(record_kind, row.record_kind) && fits_number(operation, row.operation) && fits(asker, row.asker) &&
         fits(case_file, row.case_file) && fits(exchange_id, row.exchange_id) &&
         std::find(without_kinds.begin(), without_kinds.end(), row.kind) == without_kinds.end() &&
         (own_kind == 0 || row.kind != own_kind || (row.asker == own_asker && !own_asker.empty()));
}

absl::StatusOr<EntryPage> Reader::ListEntries(const EntryFilter& filter, size_t page_size,
                                              absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> after, ReadPageToken(page_token));
  ASSIGN_OR_RETURN(const Window window, WindowOf(filter, after));
  const size_t most = page_size + 1;  // one more tells whether there is a next page
  EntryPage page;
  if (!filter.exchange_id.empty()) {
    ASSIGN_OR_RETURN(page.entries, EntriesOfExchange(filter, window.before, most));
  } else {
    NewestPlaces places(database_, window, most);
    if (WantsFacets(filter)) {
      ASSIGN_OR_RETURN(const std::vector<Facet> facets, FacetsOf(database_, filter));
      RETURN_IF_ERROR(places.AddWanted(WantedOf(filter, facets), filter.case_file));
    } else {
      RETURN_IF_ERROR(places.AddAll());
    }
    for (const Place& place : places.Take()) {
      ASSIGN_OR_RETURN(EntryRow row, EntryAt(static_cast<uint64_t>(place.second)));
      page.entries.push_back(std::move(row));
    }
  }
  if (page.entries.size() > page_size) {
    page.entries.resize(page_size);
    const EntryRow& last = page.entries.back();
    page.next_page_token = MakePageToken({last.time, absl::StrCat(last.index)});
  }
  return page;
}

// One of an exchange, which mostly has few entries, is looked at by itself.
absl::StatusOr<std::vector<EntryRow>> Reader::EntriesOfExchange(const EntryFilter& filter,
                                                                const std::pair<int64_t, int64_t>& before,
                                                                size_t most) {
  Statement statement(database_,
                      "SELECT idx FROM entry INDEXED BY entry_xid WHERE xid = ?1 AND idx >= 0 AND (t, idx) < (?2, ?3) "
                      "ORDER BY t DESC, idx DESC");
  statement.BindBlob(1, filter.exchange_id).BindInt(2, before.first).BindInt(3, before.second);
  std::vector<EntryRow> rows;
  while (rows.size() < most) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) break;
    ASSIGN_OR_RETURN(EntryRow row, EntryAt(static_cast<uint64_t>(statement.Int(0))));
    if (filter.Covers(row)) rows.push_back(std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<EntryGroup>> Reader::CountEntries(const EntryFilter& filter) {
  ASSIGN_OR_RETURN(const Window window, WindowOf(filter, std::nullopt));
  ASSIGN_OR_RETURN(const std::vector<Facet> facets, FacetsOf(database_, filter));
  std::vector<EntryGroup> groups;
  for (const auto& [facet, asker] : WantedOf(filter, facets)) {
    const char* condition =
        asker.empty() ? "INDEXED BY entry_facet WHERE " : "INDEXED BY entry_asker WHERE asker = ?6 AND ";
    Statement statement(database_, absl::StrCat("SELECT t / ", kDay, " AS day, count(*) FROM entry ", condition,
                                                "facet = ?1 AND t >= ?2 AND t <= ?3 AND +idx >= 0 AND +idx < ?4 "
                                                "GROUP BY day"));
    statement.BindInt(1, facet).BindInt(2, window.since).BindInt(3, window.last).BindInt(4, window.below);
    if (!asker.empty()) statement.BindBlob(6, asker);
    ASSIGN_OR_RETURN(const EntryRow shared, FacetAt(facet));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, statement.Step());
      if (!more) break;
      groups.push_back({absl::FromUnixNanos(statement.Int(0) * kDay), shared, static_cast<uint64_t>(statement.Int(1))});
    }
  }
  return groups;
}

absl::StatusOr<EntryRow> Reader::FacetAt(int64_t id) {
  Statement statement(database_,
                      "SELECT kind, partner, outcome, treaty, articles, record_kind, operation FROM facet WHERE id = "
                      "?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindInt(1, id).Step());
  if (!found) return absl::NotFoundError("there is no such facet");
  EntryRow row;
  row.kind = static_cast<int>(statement.Int(0));
  row.partner = statement.Bytes(1);
  row.outcome = static_cast<int>(statement.Int(2));
  row.treaty_id = statement.Bytes(3);
  row.articles = statement.Bytes(4);
  row.record_kind = static_cast<int>(statement.Int(5));
  row.operation = static_cast<int>(statement.Int(6));
  return row;
}

}  // namespace tamga::store
