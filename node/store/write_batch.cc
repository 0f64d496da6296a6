#include "node/store/write_batch.h"

#include "node/base/status_macros.h"

namespace tamga::store {

absl::StatusOr<std::unique_ptr<WriteBatch>> WriteBatch::Begin(Database& database, const RowKeys& keys) {
  RETURN_IF_ERROR(database.Begin());
  return std::unique_ptr<WriteBatch>(new WriteBatch(database, keys));
}

WriteBatch::~WriteBatch() {
  // A rollback that fails leaves the transaction open, and the next Begin says so.
  if (database_.in_transaction()) static_cast<void>(database_.Execute("ROLLBACK"));
}

absl::Status WriteBatch::Try(const std::function<absl::Status(Transaction&)>& work) {
  RETURN_IF_ERROR(Statement(database_, "SAVEPOINT submission").Run());
  absl::Status status = work(transaction_);
  if (broken()) return status.ok() ? absl::InternalError("the transaction ended within a write") : status;
  if (!status.ok()) RETURN_IF_ERROR(Statement(database_, "ROLLBACK TO submission").Run());
  RETURN_IF_ERROR(Statement(database_, "RELEASE submission").Run());
  return status;
}

// A commit that found the file busy could be repeated, but the batch's callers are to hear of it now.
absl::Status WriteBatch::Commit() { return database_.Finish(absl::OkStatus()); }

}  // namespace tamga::store
