// Full tiles of the log's tree, and its checkpoints.
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/join_hashes.h"
#include "node/store/reader.h"
#include "node/store/write_batch.h"

namespace tamga::store {
namespace {

CheckpointRow RowOf(const Statement& statement) {
  return {static_cast<uint64_t>(statement.Int(0)), statement.Bytes(1)};
}

}  // namespace

absl::StatusOr<TileRow> Reader::TileAt(uint32_t level, uint64_t index) {
  Statement statement(database_, "SELECT root, data FROM tile WHERE level = ?1 AND n = ?2");
  ASSIGN_OR_RETURN(const bool found, statement.BindInt(1, level).BindInt(2, static_cast<int64_t>(index)).Step());
  if (!found) return absl::NotFoundError(absl::StrCat("the log has no full tile ", index, " of level ", level));
  return TileRow{level, index, statement.Bytes(0), statement.Bytes(1)};
}

absl::StatusOr<std::string> Reader::TileRoots(uint32_t level, uint64_t begin, uint64_t end) {
  Statement statement(database_, "SELECT n, root FROM tile WHERE level = ?1 AND n >= ?2 AND n < ?3 ORDER BY n");
  statement.BindInt(1, level).BindInt(2, static_cast<int64_t>(begin)).BindInt(3, static_cast<int64_t>(end));
  return JoinHashes(statement, begin, end,
                    [level](uint64_t index) { return absl::StrCat("tile ", index, " of level ", level); });
}

absl::StatusOr<std::optional<CheckpointRow>> Reader::NewestCheckpoint() {
  Statement statement(database_, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1");
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<CheckpointRow>();
  return std::optional<CheckpointRow>(RowOf(statement));
}

absl::StatusOr<std::vector<CheckpointRow>> Reader::CheckpointsAfter(int64_t size, size_t limit) {
  Statement statement(database_, "SELECT size, note FROM checkpoint WHERE size > ?1 ORDER BY size LIMIT ?2");
  statement.BindInt(1, size).BindInt(2, static_cast<int64_t>(limit));
  return AllRows<CheckpointRow>(statement, RowOf);
}

absl::Status WriteBatch::PutTile(const TileRow& tile) {
  Statement statement(database_, "INSERT INTO tile(level, n, root, data) VALUES(?1, ?2, ?3, ?4)");
  return statement.BindInt(1, tile.level)
      .BindInt(2, static_cast<int64_t>(tile.index))
      .BindBlob(3, tile.root)
      .BindBlob(4, tile.data)
      .Run();
}

absl::Status WriteBatch::PutCheckpoint(const CheckpointRow& checkpoint) {
  Statement statement(database_,
                      "INSERT INTO checkpoint(size, note) VALUES(?1, ?2) "
                      "ON CONFLICT(size) DO UPDATE SET note = excluded.note");
  return statement.BindInt(1, static_cast<int64_t>(checkpoint.size)).BindBlob(2, checkpoint.note).Run();
}

}  // namespace tamga::store
