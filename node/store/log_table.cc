// Entries of the exchange log.
#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/reader.h"
#include "node/store/write_batch.h"

namespace tamga::store {
namespace {

constexpr uint64_t kMaxIndex = std::numeric_limits<int64_t>::max();

// SQLite's integers are signed.
int64_t ToIndex(uint64_t index) { return static_cast<int64_t>(std::min(index, kMaxIndex)); }

constexpr char kColumns[] = "SELECT idx, xid, kind, partner, outcome, t, leaf, body FROM entry ";

EntryRow RowOf(const Statement& statement) {
  EntryRow row;
  row.index = static_cast<uint64_t>(statement.Int(0));
  row.exchange_id = statement.Bytes(1);
  row.kind = static_cast<int>(statement.Int(2));
  row.partner = statement.Bytes(3);
  row.outcome = static_cast<int>(statement.Int(4));
  row.time = statement.Time(5);
  row.leaf = statement.Bytes(6);
  row.body = statement.Bytes(7);
  return row;
}

std::string MacOf(const RowMac& mac, const EntryRow& row) {
  return mac.Make("entry", {ToIndex(row.index), row.exchange_id, int64_t{row.kind}, row.partner, int64_t{row.outcome},
                            RowMac::Of(row.time), row.leaf, row.body});
}

// Only the conditions that the filter has, so that SQLite can choose an index. The parameters keep their numbers.
std::string Conditions(const EntryFilter& filter, const std::optional<PageEnd>& after) {
  std::string sql = "WHERE 1";
  if (filter.since) sql += " AND t >= ?1";
  if (filter.until) sql += " AND t < ?2";
  if (!filter.partner.empty()) sql += " AND partner = ?3";
  // All names that begin with "KGZ/": '0' follows '/' in ASCII.
  if (!filter.partner_state.empty()) sql += " AND partner >= ?4 || '/' AND partner < ?4 || '0'";
  if (filter.kind != 0) sql += " AND kind = ?5";
  if (filter.outcome != 0) sql += " AND outcome = ?6";
  if (after) sql += " AND (t, idx) < (?7, ?8)";
  // The signs keep SQLite from walking the table by these instead of an index.
  sql += " AND +idx >= 0";
  if (filter.below) sql += " AND +idx < ?10";
  return sql;
}

absl::Status BindConditions(const EntryFilter& filter, const std::optional<PageEnd>& after, Statement& statement) {
  if (filter.since) statement.BindTime(1, *filter.since);
  if (filter.until) statement.BindTime(2, *filter.until);
  if (!filter.partner.empty()) statement.BindText(3, filter.partner);
  if (!filter.partner_state.empty()) statement.BindText(4, filter.partner_state);
  if (filter.kind != 0) statement.BindInt(5, filter.kind);
  if (filter.outcome != 0) statement.BindInt(6, filter.outcome);
  if (filter.below) statement.BindInt(10, ToIndex(*filter.below));
  if (!after) return absl::OkStatus();
  int64_t index = 0;
  if (!absl::SimpleAtoi(after->name, &index)) return InvalidField("page_token", "not a token of this list");
  statement.BindTime(7, after->time).BindInt(8, index);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<uint64_t> Reader::EntryCount() {
  ASSIGN_OR_RETURN(const int64_t last, database_.QueryInt("SELECT coalesce(max(idx), -1) FROM entry"));
  return last < 0 ? 0 : static_cast<uint64_t>(last) + 1;
}

absl::StatusOr<std::vector<int64_t>> Reader::StrayEntries(uint64_t size, uint64_t count, size_t limit) {
  Statement statement(database_, "SELECT idx FROM entry WHERE idx < 0 OR idx BETWEEN ?1 AND ?2 ORDER BY idx LIMIT ?3");
  statement.BindInt(1, ToIndex(size)).BindInt(2, count == 0 ? -1 : ToIndex(count - 1));
  statement.BindInt(3, static_cast<int64_t>(limit));
  return AllRows<int64_t>(statement, [](const Statement& row) { return row.Int(0); });
}

absl::StatusOr<EntryRow> Reader::EntryAt(uint64_t index) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE idx = ?1"));
  if (index > kMaxIndex) return absl::NotFoundError("the log has no such entry");
  ASSIGN_OR_RETURN(const bool found, statement.BindInt(1, static_cast<int64_t>(index)).Step());
  if (!found) return absl::NotFoundError(absl::StrCat("the log has no entry ", index));
  return RowOf(statement);
}

absl::StatusOr<std::vector<EntryRow>> Reader::EntriesOfExchange(absl::string_view exchange_id) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1 AND idx >= 0 ORDER BY idx"));
  statement.BindBlob(1, exchange_id);
  return AllRows<EntryRow>(statement, RowOf);
}

absl::StatusOr<EntryPage> Reader::ListEntries(const EntryFilter& filter, size_t page_size,
                                              absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> after, ReadPageToken(page_token));
  Statement statement(database_,
                      absl::StrCat(kColumns, Conditions(filter, after), " ORDER BY t DESC, idx DESC LIMIT ?9"));
  RETURN_IF_ERROR(BindConditions(filter, after, statement));
  statement.BindInt(9, static_cast<int64_t>(page_size) + 1);  // one more tells whether there is a next page
  EntryPage page;
  ASSIGN_OR_RETURN(page.entries, AllRows<EntryRow>(statement, RowOf));
  if (page.entries.size() > page_size) {
    page.entries.resize(page_size);
    const EntryRow& last = page.entries.back();
    page.next_page_token = MakePageToken({last.time, absl::StrCat(last.index)});
  }
  return page;
}

absl::StatusOr<std::vector<EntryRow>> Reader::EntriesFrom(uint64_t begin, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
  statement.BindInt(1, static_cast<int64_t>(begin)).BindInt(2, static_cast<int64_t>(limit));
  return AllRows<EntryRow>(statement, RowOf);
}

absl::StatusOr<std::vector<EntryRow>> Reader::EntriesOfExchanges(absl::string_view partner, absl::string_view first_id,
                                                                 absl::string_view end_id,
                                                                 const std::optional<EntryRow>& after, size_t limit) {
  // The signs keep SQLite from choosing an index that is not by exchange.
  Statement statement(database_,
                      absl::StrCat(kColumns,
                                   "WHERE xid >= ?1 AND xid < ?2 AND +partner = ?3 AND (xid, idx) > (?4, ?5) "
                                   "AND +idx >= 0 ORDER BY xid, idx LIMIT ?6"));
  statement.BindBlob(1, first_id).BindBlob(2, end_id).BindText(3, partner);
  statement.BindBlob(4, after ? absl::string_view(after->exchange_id) : first_id);
  statement.BindInt(5, after ? ToIndex(after->index) : -1).BindInt(6, static_cast<int64_t>(limit));
  return AllRows<EntryRow>(statement, RowOf);
}

absl::StatusOr<std::vector<std::string>> Reader::LeafHashes(uint64_t begin, uint64_t end) {
  Statement statement(database_, "SELECT idx, leaf FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx");
  statement.BindInt(1, static_cast<int64_t>(begin)).BindInt(2, static_cast<int64_t>(end));
  std::vector<std::string> hashes;
  for (uint64_t index = begin; index < end; ++index) {
    ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found || statement.Int(0) != static_cast<int64_t>(index)) {
      return absl::DataLossError(absl::StrCat("entry ", index, " is missing from the log; restore the last backup"));
    }
    hashes.push_back(statement.Bytes(1));
  }
  return hashes;
}

absl::Status Reader::CheckEntries(uint64_t begin) {
  Statement statement(database_,
                      "SELECT idx, xid, kind, partner, outcome, t, leaf, body, mac FROM entry WHERE idx >= ?1");
  statement.BindInt(1, ToIndex(begin));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return absl::OkStatus();
    const EntryRow row = RowOf(statement);
    RETURN_IF_ERROR(CheckRowMac(MacOf(mac_, row), statement.Bytes(8), "log entry", absl::StrCat(row.index)));
  }
}

absl::Status WriteBatch::AppendEntry(const EntryRow& row) {
  Statement statement(database_,
                      "INSERT INTO entry(idx, xid, kind, partner, outcome, t, leaf, body, mac) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  return statement.BindInt(1, static_cast<int64_t>(row.index))
      .BindBlob(2, row.exchange_id)
      .BindInt(3, row.kind)
      .BindText(4, row.partner)
      .BindInt(5, row.outcome)
      .BindTime(6, row.time)
      .BindBlob(7, row.leaf)
      .BindBlob(8, row.body)
      .BindBlob(9, MacOf(mac_, row))
      .Run();
}

}  // namespace tamga::store
