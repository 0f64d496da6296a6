// Writes batches of submissions to the vault and the exchange database, and signs the checkpoint of what became
// durable.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/ledger/note.h"
#include "node/ledger/submission.h"
#include "node/ledger/tiles.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"

namespace tamga::ledger {

// A submission whose entry has been checked.
struct CheckedSubmission {
  store::Effects effects;
  std::optional<store::EntryRow> entry;  // index not yet given
};

// InvalidArgument, naming what is wrong, for an entry or a blob that cannot be stored.
absl::StatusOr<CheckedSubmission> CheckSubmission(Submission submission);

// Not thread-safe: the sequencer's thread owns it.
class LogWriter {
 public:
  // Restores the tree and compares it with the newest stored checkpoint; then signs and stores one of the present size.
  // DataLoss if they contradict each other, FailedPrecondition if the log is of another origin than `key.name`. The
  // database and vault must outlive it.
  static absl::StatusOr<std::unique_ptr<LogWriter>> Open(store::ExchangeDb& database, store::Vault& vault, NoteKey key,
                                                         NoteSigner sign);

  // Commits the batch, in order. One result a submission: a write's error fails its own submission alone, an error of
  // the vault or database fails all and leaves the tree as it was.
  std::vector<absl::StatusOr<Appended>> Write(const std::vector<CheckedSubmission>& batch);

  // Stores the newest checkpoint, and erases what has been discarded. Write does the same in passing, one batch late.
  absl::Status Settle();

  // Signed note over all that is durable.
  const std::string& checkpoint() const { return checkpoint_; }

 private:
  LogWriter(store::ExchangeDb& database, store::Vault& vault, NoteKey key, NoteSigner sign);

  absl::Status Restore();
  // Commits the batch; fills in what each submission came to, and `edge` with the entries of those that went well. An
  // error is one of the whole batch.
  absl::Status Commit(const std::vector<CheckedSubmission>& batch, TileEdge& edge,
                      std::vector<absl::StatusOr<Appended>>& results);
  // Those discarded blobs that no record names.
  absl::StatusOr<std::vector<std::string>> Erasable();
  // What the last commit left over: its checkpoint, and the blobs that the vault has erased meanwhile.
  absl::Status WriteLeftovers(const std::vector<CheckedSubmission>& batch, store::WriteBatch& transaction);
  void Sign();

  store::ExchangeDb& database_;
  store::Vault& vault_;
  const NoteKey key_;
  const NoteSigner sign_;
  TileEdge edge_;
  std::string checkpoint_;
  bool checkpoint_is_stored_ = false;
  std::set<std::string> discarded_;  // blobs to be erased with the next commit, unless a record names them
};

}  // namespace tamga::ledger
