// Entries of the exchange log. How they are found by what they say: entry_search.cc.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/join_hashes.h"
#include "node/store/reader.h"
#include "node/store/write_batch.h"

namespace tamga::store {
namespace {

constexpr uint64_t kMaxIndex = std::numeric_limits<int64_t>::max();

// SQLite's integers are signed.
int64_t ToIndex(uint64_t index) { return static_cast<int64_t>(std::min(index, kMaxIndex)); }

// An entry whose facet is gone comes without it, and so differs from what its bytes say.
constexpr char kColumns[] =
    "SELECT idx, xid, kind, partner, outcome, treaty, articles, record_kind, operation, t, asker, case_file, leaf, "
    "body, mac FROM entry LEFT JOIN facet ON facet.id = entry.facet ";
constexpr int kMacColumn = 14;

// Into a row that may have been used before, so that reading many allocates little.
void ReadRow(const Statement& statement, EntryRow& row) {
  const auto read = [&](int column, std::string& value) {
    const absl::string_view view = statement.View(column);
    value.assign(view.data(), view.size());
  };
  row.index = static_cast<uint64_t>(statement.Int(0));
  read(1, row.exchange_id);
  row.kind = static_cast<int>(statement.Int(2));
  read(3, row.partner);
  row.outcome = static_cast<int>(statement.Int(4));
  read(5, row.treaty_id);
  read(6, row.articles);
  row.record_kind = static_cast<int>(statement.Int(7));
  row.operation = static_cast<int>(statement.Int(8));
  row.time = statement.Time(9);
  read(10, row.asker);
  read(11, row.case_file);
  read(12, row.leaf);
  read(13, row.body);
}

EntryRow RowOf(const Statement& statement) {
  EntryRow row;
  ReadRow(statement, row);
  return row;
}

std::string MacOf(const RowMac& mac, const EntryRow& row) {
  return mac.Make("entry", {ToIndex(row.index), row.exchange_id, int64_t{row.kind}, row.partner, int64_t{row.outcome},
                            row.treaty_id, row.articles, int64_t{row.record_kind}, int64_t{row.operation},
                            RowMac::Of(row.time), row.asker, row.case_file, row.leaf, row.body});
}

Statement& BindFacet(const EntryRow& row, Statement& statement) {
  return statement.BindText(1, row.partner)
      .BindInt(2, row.kind)
      .BindInt(3, row.outcome)
      .BindText(4, row.treaty_id)
      .BindInt(5, row.record_kind)
      .BindInt(6, row.operation)
      .BindText(7, row.articles);
}

// The facet of the entry, made if it is new.
absl::StatusOr<int64_t> FacetOf(Database& database, const EntryRow& row) {
  Statement find(database,
                 "SELECT id FROM facet WHERE partner = ?1 AND kind = ?2 AND outcome = ?3 AND treaty = ?4 AND "
                 "record_kind = ?5 AND operation = ?6 AND articles = ?7");
  ASSIGN_OR_RETURN(const bool found, BindFacet(row, find).Step());
  if (found) return find.Int(0);
  Statement make(database,
                 "INSERT INTO facet(partner, kind, outcome, treaty, record_kind, operation, articles) "
                 "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id");
  ASSIGN_OR_RETURN(const bool made, BindFacet(row, make).Step());
  if (!made) return absl::InternalError("the database made no facet");
  const int64_t id = make.Int(0);
  RETURN_IF_ERROR(make.Run());
  return id;
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

absl::StatusOr<std::vector<EntryRow>> Reader::EntriesOfExchange(absl::string_view exchange_id, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1 AND idx >= 0 ORDER BY idx LIMIT ?2"));
  statement.BindBlob(1, exchange_id).BindInt(2, static_cast<int64_t>(limit));
  return AllRows<EntryRow>(statement, RowOf);
}

absl::StatusOr<std::vector<EntryRow>> Reader::EntriesFrom(uint64_t begin, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
  statement.BindInt(1, static_cast<int64_t>(begin)).BindInt(2, static_cast<int64_t>(limit));
  return AllRows<EntryRow>(statement, RowOf);
}

absl::Status Reader::VisitEntries(uint64_t begin, uint64_t end,
                                  absl::FunctionRef<absl::Status(const EntryRow&)> visit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"));
  statement.BindInt(1, ToIndex(begin)).BindInt(2, ToIndex(end));
  EntryRow row;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return absl::OkStatus();
    ReadRow(statement, row);
    RETURN_IF_ERROR(visit(row));
  }
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

absl::StatusOr<std::string> Reader::LeafHashes(uint64_t begin, uint64_t end) {
  Statement statement(database_, "SELECT idx, leaf FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx");
  statement.BindInt(1, static_cast<int64_t>(begin)).BindInt(2, static_cast<int64_t>(end));
  return JoinHashes(statement, begin, end, [](uint64_t index) { return absl::StrCat("entry ", index); });
}

absl::Status Reader::CheckEntries(uint64_t begin) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE idx >= ?1"));
  statement.BindInt(1, ToIndex(begin));
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return absl::OkStatus();
    const EntryRow row = RowOf(statement);
    RETURN_IF_ERROR(CheckRowMac(MacOf(mac_, row), statement.Bytes(kMacColumn), "log entry", absl::StrCat(row.index)));
  }
}

absl::Status WriteBatch::AppendEntry(const EntryRow& row) {
  ASSIGN_OR_RETURN(const int64_t facet, FacetOf(database_, row));
  Statement statement(database_,
                      "INSERT INTO entry(idx, xid, facet, t, asker, case_file, leaf, body, mac) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  if (!row.asker.empty()) statement.BindBlob(5, row.asker);
  if (!row.case_file.empty()) statement.BindBlob(6, row.case_file);
  return statement.BindInt(1, static_cast<int64_t>(row.index))
      .BindBlob(2, row.exchange_id)
      .BindInt(3, facet)
      .BindTime(4, row.time)
      .BindBlob(7, row.leaf)
      .BindBlob(8, row.body)
      .BindBlob(9, MacOf(mac_, row))
      .Run();
}

}  // namespace tamga::store
