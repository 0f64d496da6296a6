// The indexes by which entries are found, compared with the table: an index is a b-tree of its own in the file, and
// whoever writes to the file by hand can take an entry out of it that the table still has.
#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/reader.h"

namespace tamga::store {
namespace {

// The columns of an index's key, as they stand in it; a column that it does not have is 0 or NULL.
struct IndexSql {
  const char* name;
  const char* key;        // blob, facet, time
  const char* same_key;   // of the row `i` in the index as of the row `e` in the table
  const char* condition;  // of the entries that it holds
};

IndexSql SqlOf(EntryIndex index) {
  switch (index) {
    case EntryIndex::kExchange:
      return {"entry_xid", "e.xid, 0, 0", "i.xid = e.xid", "1"};
    case EntryIndex::kTime:
      return {"entry_t", "NULL, 0, e.t", "i.t = e.t", "1"};
    case EntryIndex::kFacet:
      return {"entry_facet", "NULL, e.facet, e.t", "i.facet = e.facet AND i.t = e.t", "1"};
    case EntryIndex::kAsker:
      return {"entry_asker", "e.asker, e.facet, e.t", "i.asker = e.asker AND i.facet = e.facet AND i.t = e.t",
              "e.asker IS NOT NULL"};
    case EntryIndex::kCase:
      return {"entry_case", "e.case_file, e.facet, e.t",
              "i.case_file = e.case_file AND i.facet = e.facet AND i.t = e.t", "e.case_file IS NOT NULL"};
  }
  return {};
}

int64_t ToIndex(uint64_t index) {
  return static_cast<int64_t>(std::min<uint64_t>(index, std::numeric_limits<int64_t>::max()));
}

// Bytes, facet, time and place. SQLite orders a text before any blob, whatever their bytes, so types count.
using Key = std::tuple<int, std::string, int, int64_t, int, int64_t, int64_t>;

// The numbers of the columns of a statement that make up a key; -1: not of this key.
struct KeyColumns {
  int bytes = -1;
  int facet = -1;
  int time = -1;
  int place = -1;
};

// Into a key that may have been used before, so that reading many allocates little.
void ReadKey(const Statement& row, const KeyColumns& columns, Key& key) {
  const absl::string_view bytes = columns.bytes < 0 ? absl::string_view() : row.View(columns.bytes);
  std::get<0>(key) = columns.bytes < 0 ? SQLITE_NULL : row.Type(columns.bytes);
  std::get<1>(key).assign(bytes.data(), bytes.size());
  std::get<2>(key) = columns.facet < 0 ? SQLITE_INTEGER : row.Type(columns.facet);
  std::get<3>(key) = columns.facet < 0 ? 0 : row.Int(columns.facet);
  std::get<4>(key) = columns.time < 0 ? SQLITE_INTEGER : row.Type(columns.time);
  std::get<5>(key) = columns.time < 0 ? 0 : row.Int(columns.time);
  std::get<6>(key) = row.Int(columns.place);
}

// A hash that nobody can foresee: Abseil's differs with each start of the program.
void Add(const Key& key, EntryKeys* keys) {
  ++keys->count;
  keys->sum += absl::HashOf(key);
}

// What SQLite says of an INDEXED BY whose index was dropped, or does not hold all that the statement asks for, is known
// by its text alone: its code is that of any mistake in a statement, and these statements have none.
absl::Status AsLostIndex(const absl::Status& status) {
  if (!absl::IsInternal(status) || (!absl::StrContains(status.message(), "no such index: ") &&
                                    !absl::StrContains(status.message(), "no query solution"))) {
    return status;
  }
  return Error(absl::StatusCode::kDataLoss, kIndexLost, "is missing or is another one than the node made");
}

}  // namespace

absl::Status Reader::SumEntryKeys(uint64_t begin, uint64_t end, std::map<EntryIndex, EntryKeys>* keys) {
  Statement statement(
      database_, "SELECT xid, facet, t, asker, case_file, idx FROM entry NOT INDEXED WHERE idx >= ?1 AND idx < ?2");
  statement.BindInt(1, ToIndex(begin)).BindInt(2, ToIndex(end));
  const std::tuple<KeyColumns, EntryKeys*> of_each[] = {
      {{0, -1, -1, 5}, &(*keys)[EntryIndex::kExchange]}, {{-1, -1, 2, 5}, &(*keys)[EntryIndex::kTime]},
      {{-1, 1, 2, 5}, &(*keys)[EntryIndex::kFacet]},     {{3, 1, 2, 5}, &(*keys)[EntryIndex::kAsker]},
      {{4, 1, 2, 5}, &(*keys)[EntryIndex::kCase]},
  };
  Key key;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return absl::OkStatus();
    for (const auto& [columns, sums] : of_each) {
      // Entries without an asker, or a case, are not in that index.
      if (columns.bytes > 0 && statement.IsNull(columns.bytes)) continue;
      ReadKey(statement, columns, key);
      Add(key, sums);
    }
  }
}

absl::StatusOr<EntryKeys> Reader::SumIndexKeys(EntryIndex index, uint64_t end) {
  const IndexSql sql = SqlOf(index);
  Statement statement(database_, absl::StrCat("SELECT ", sql.key, ", e.idx FROM entry AS e INDEXED BY ", sql.name,
                                              " WHERE ", sql.condition, " AND +e.idx >= 0 AND +e.idx < ?1"));
  statement.BindInt(1, ToIndex(end));
  EntryKeys keys;
  Key key;
  Key before;
  while (true) {
    const absl::StatusOr<bool> more = statement.Step();
    if (!more.ok()) return AsLostIndex(more.status());
    if (!*more) return keys;
    std::swap(key, before);
    ReadKey(statement, {0, 1, 2, 3}, key);
    Add(key, &keys);
    if (keys.count > 1 && key <= before) keys.in_order = false;
  }
}

absl::StatusOr<std::vector<uint64_t>> Reader::EntriesNotFoundBy(EntryIndex index, uint64_t begin, uint64_t end) {
  const IndexSql sql = SqlOf(index);
  // With the place in the key as well this is one look into the index for each entry, and none into the table.
  Statement statement(database_,
                      absl::StrCat("SELECT e.idx FROM entry AS e NOT INDEXED WHERE e.idx >= ?1 AND e.idx < ?2 AND ",
                                   sql.condition, " AND NOT EXISTS (SELECT 1 FROM entry AS i INDEXED BY ", sql.name,
                                   " WHERE ", sql.same_key, " AND i.idx = e.idx) ORDER BY e.idx"));
  statement.BindInt(1, ToIndex(begin)).BindInt(2, ToIndex(end));
  absl::StatusOr<std::vector<uint64_t>> unfound =
      AllRows<uint64_t>(statement, [](const Statement& row) { return static_cast<uint64_t>(row.Int(0)); });
  if (!unfound.ok()) return AsLostIndex(unfound.status());
  return unfound;
}

absl::StatusOr<std::vector<std::string>> Reader::FacetFaults() {
  Statement statement(database_, "PRAGMA integrity_check('facet')");
  ASSIGN_OR_RETURN(std::vector<std::string> lines,
                   AllRows<std::string>(statement, [](const Statement& row) { return row.Bytes(0); }));
  if (lines.size() == 1 && lines.front() == "ok") lines.clear();
  return lines;
}

}  // namespace tamga::store
