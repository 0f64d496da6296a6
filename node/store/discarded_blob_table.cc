// Vault blobs that are not needed any more, until the vault has erased them.
#include "node/store/transaction.h"
#include "node/store/write_batch.h"

namespace tamga::store {

absl::StatusOr<std::vector<std::string>> Reader::DiscardedBlobs(size_t limit) {
  Statement statement(database_, "SELECT blob FROM discarded_blob LIMIT ?1");
  return AllRows<std::string>(statement.BindInt(1, static_cast<int64_t>(limit)),
                              [](const Statement& row) { return row.Bytes(0); });
}

absl::Status Transaction::DiscardBlob(absl::string_view blob) {
  return Statement(database_, "INSERT OR IGNORE INTO discarded_blob(blob) VALUES(?1)").BindBlob(1, blob).Run();
}

absl::Status WriteBatch::ForgetDiscarded(absl::string_view blob) {
  return Statement(database_, "DELETE FROM discarded_blob WHERE blob = ?1").BindBlob(1, blob).Run();
}

}  // namespace tamga::store
