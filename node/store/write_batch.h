// One commit of the exchange database: several submissions, each of which may fail alone.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/store/rows.h"
#include "node/store/sqlite.h"
#include "node/store/transaction.h"

namespace tamga::store {

// An open write transaction. Destroying it without Commit undoes it. Used by one thread.
class WriteBatch {
 public:
  static absl::StatusOr<std::unique_ptr<WriteBatch>> Begin(Database& database, const RowKeys& keys);
  ~WriteBatch();
  WriteBatch(const WriteBatch&) = delete;
  WriteBatch& operator=(const WriteBatch&) = delete;

  // Runs `work`, and undoes what it did if it returns an error, which is handed on. The batch goes on, unless `broken`.
  absl::Status Try(const std::function<absl::Status(Transaction&)>& work);
  // True after an error upon which SQLite undid the whole transaction (disk full, for instance): nothing can be
  // committed.
  bool broken() const { return !database_.in_transaction(); }

  // The log; what Writes cannot do (log_table.cc, tile_table.cc).
  absl::Status AppendEntry(const EntryRow& row);
  absl::Status PutTile(const TileRow& tile);
  absl::Status PutCheckpoint(const CheckpointRow& checkpoint);
  // The vault has erased it (discarded_blob_table.cc).
  absl::Status ForgetDiscarded(absl::string_view blob);

  // Durable once this returns OK; undone otherwise.
  absl::Status Commit();

 private:
  WriteBatch(Database& database, const RowKeys& keys)
      : database_(database), mac_(keys.mac), transaction_(database, keys) {}

  Database& database_;
  const RowMac& mac_;
  Transaction transaction_;
};

}  // namespace tamga::store
