#include "node/ledger/log_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_row.h"
#include "node/ledger/stored_hashes.h"

namespace tamga::ledger {
namespace {

constexpr size_t kBlobIdBytes = 16;
constexpr size_t kMaxErasedAtOnce = 4096;

std::vector<store::Blob> BlobsOf(const std::vector<CheckedSubmission>& batch) {
  std::vector<store::Blob> blobs;
  for (const CheckedSubmission& submission : batch) {
    blobs.insert(blobs.end(), submission.effects.blobs.begin(), submission.effects.blobs.end());
  }
  return blobs;
}

// Nothing if the submission has no entry.
absl::Status AppendEntryOf(const CheckedSubmission& submission, uint64_t index, store::WriteBatch& transaction) {
  if (!submission.entry) return absl::OkStatus();
  store::EntryRow row = *submission.entry;
  row.index = index;
  return transaction.AppendEntry(row);
}

// Runs the submission's writes and appends its entry, or changes nothing.
absl::Status TrySubmission(const CheckedSubmission& submission, uint64_t index, store::WriteBatch& transaction) {
  // A single statement that fails undoes itself.
  if (submission.effects.writes.empty()) return AppendEntryOf(submission, index, transaction);
  return transaction.Try([&](store::Transaction& writes) -> absl::Status {
    for (const store::Write& write : submission.effects.writes) RETURN_IF_ERROR(write(writes));
    return AppendEntryOf(submission, index, transaction);
  });
}

absl::Status AddLeaf(const store::EntryRow& row, TileEdge& edge, store::WriteBatch& transaction) {
  ASSIGN_OR_RETURN(const Hash leaf, Hash::FromBytes(row.leaf));
  for (const Tile& tile : edge.Append(leaf)) {
    RETURN_IF_ERROR(transaction.PutTile({tile.level, tile.index, std::string(tile.Root().bytes()), tile.Data()}));
  }
  return absl::OkStatus();
}

// The vault has stored a refused submission's blobs already.
absl::Status DiscardBlobs(const CheckedSubmission& submission, store::WriteBatch& transaction) {
  return transaction.Try([&](store::Transaction& writes) -> absl::Status {
    for (const store::Blob& blob : submission.effects.blobs) RETURN_IF_ERROR(writes.DiscardBlob(blob.id));
    return absl::OkStatus();
  });
}

absl::StatusOr<std::set<std::string>> ReadDiscarded(store::WriteBatch& transaction) {
  std::vector<std::string> discarded;
  RETURN_IF_ERROR(transaction.Try([&](store::Transaction& reads) -> absl::Status {
    ASSIGN_OR_RETURN(discarded, reads.DiscardedBlobs(kMaxErasedAtOnce));
    return absl::OkStatus();
  }));
  return std::set<std::string>(discarded.begin(), discarded.end());
}

// Compares the tree of the log's `size` entries with the newest checkpoint that was stored.
absl::Status CheckStoredCheckpoint(store::Reader& reader, uint64_t size, const NoteKey& key, const NoteSigner& sign) {
  ASSIGN_OR_RETURN(const std::optional<store::CheckpointRow> stored, reader.NewestCheckpoint());
  if (!stored) {
    // A new log stores a checkpoint of size 0 before its first entry.
    if (size == 0) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("the log has ", size,
                                            " entries but no checkpoint: somebody removed them; "
                                            "keep a copy of exchange.db as evidence and restore the last good backup"));
  }
  const absl::StatusOr<Checkpoint> checkpoint = CheckpointIn(stored->note);
  if (!checkpoint.ok()) {
    return absl::DataLossError(absl::StrCat("the newest checkpoint in the log is damaged (",
                                            checkpoint.status().message(), "); restore the last good backup"));
  }
  if (checkpoint->origin != key.name) {
    return absl::FailedPreconditionError(
        absl::StrCat("log.origin is ", key.name, ", but the stored log is ", checkpoint->origin,
                     "; set it back: another origin is another log, in a new data_dir"));
  }
  // Ed25519 signs the same text always alike, so the key that made this note makes it again.
  if (SignNote(FormatCheckpoint(*checkpoint), key, sign) != stored->note) {
    return absl::FailedPreconditionError(
        "log.key_file does not hold the key that signed this log; put the log's own key back");
  }
  if (checkpoint->size > size) {
    return absl::DataLossError(absl::StrCat("the log has ", size, " entries, but signed a checkpoint over ",
                                            checkpoint->size, "; restore the last good backup"));
  }
  // Each batch stores the checkpoint of the one before, so no more than one batch can lie beyond the newest.
  if (size - checkpoint->size > kMaxBatch) {
    return absl::DataLossError(absl::StrCat("the log has ", size, " entries but its newest checkpoint only ",
                                            checkpoint->size,
                                            ": checkpoints were removed; keep a copy of exchange.db as "
                                            "evidence and restore the last good backup"));
  }
  StoredHashes hashes(reader, checkpoint->size);
  ASSIGN_OR_RETURN(const Hash root, RootAt(hashes, checkpoint->size));
  // What was committed after it will be signed now, so it must be what this node wrote.
  if (root == checkpoint->root) return reader.CheckEntries(checkpoint->size);
  return absl::DataLossError(
      absl::StrCat("the log's tree contradicts its checkpoint of size ", checkpoint->size,
                   "; keep a copy of exchange.db, verify the log to find the entry, and restore the last good backup"));
}

}  // namespace

absl::StatusOr<CheckedSubmission> CheckSubmission(Submission submission) {
  for (const store::Blob& blob : submission.effects.blobs) {
    if (blob.id.size() != kBlobIdBytes) return InvalidField("effects.blobs.id", "must have 16 bytes");
  }
  CheckedSubmission checked;
  if (submission.entry) {
    ASSIGN_OR_RETURN(checked.entry, EntryRowOf(*submission.entry));
  }
  checked.effects = std::move(submission.effects);
  return checked;
}

LogWriter::LogWriter(store::ExchangeDb& database, store::Vault& vault, NoteKey key, NoteSigner sign)
    : database_(database), vault_(vault), key_(std::move(key)), sign_(std::move(sign)) {}

absl::StatusOr<std::unique_ptr<LogWriter>> LogWriter::Open(store::ExchangeDb& database, store::Vault& vault,
                                                           NoteKey key, NoteSigner sign) {
  RETURN_IF_ERROR(CheckKeyName("log.origin", key.name));
  auto writer = std::unique_ptr<LogWriter>(new LogWriter(database, vault, std::move(key), std::move(sign)));
  RETURN_IF_ERROR(writer->Restore());
  writer->Sign();
  RETURN_IF_ERROR(writer->Settle());
  return writer;
}

absl::Status LogWriter::Restore() {
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  ASSIGN_OR_RETURN(const uint64_t size, session->EntryCount());
  ASSIGN_OR_RETURN(const std::vector<int64_t> strays, session->StrayEntries(size, size, 1));
  if (!strays.empty()) {
    return absl::DataLossError(absl::StrCat("the log holds an entry of index ", strays[0],
                                            ", which no node makes; keep a copy of exchange.db as evidence and restore "
                                            "the last good backup"));
  }
  RETURN_IF_ERROR(CheckStoredCheckpoint(*session, size, key_, sign_));
  ASSIGN_OR_RETURN(edge_, StoredHashes(*session, size).Edge());
  ASSIGN_OR_RETURN(const std::vector<std::string> discarded, session->DiscardedBlobs(kMaxErasedAtOnce));
  discarded_.insert(discarded.begin(), discarded.end());
  return absl::OkStatus();
}

void LogWriter::Sign() {
  checkpoint_ = SignNote(FormatCheckpoint({key_.name, edge_.size(), edge_.Root()}), key_, sign_);
  checkpoint_is_stored_ = false;
}

std::vector<absl::StatusOr<Appended>> LogWriter::Write(const std::vector<CheckedSubmission>& batch) {
  std::vector<absl::StatusOr<Appended>> results(batch.size(), Appended{});
  TileEdge edge = edge_;
  if (const absl::Status status = Commit(batch, edge, results); !status.ok()) {
    // The vault may have stored what nothing will ever name.
    for (const CheckedSubmission& submission : batch) {
      for (const store::Blob& blob : submission.effects.blobs) discarded_.insert(blob.id);
    }
    results.assign(batch.size(), status);
    return results;
  }
  // Only what is durable is signed: a signed tree that a crash takes back could be signed again with other entries.
  if (edge.size() != edge_.size()) {
    edge_ = std::move(edge);
    Sign();
  }
  for (absl::StatusOr<Appended>& result : results) {
    if (!result.ok()) continue;
    result->tree_size = edge_.size();
    result->checkpoint = checkpoint_;
  }
  return results;
}

absl::Status LogWriter::Commit(const std::vector<CheckedSubmission>& batch, TileEdge& edge,
                               std::vector<absl::StatusOr<Appended>>& results) {
  ASSIGN_OR_RETURN(const std::vector<std::string> erasable, Erasable());
  RETURN_IF_ERROR(vault_.Update(erasable, BlobsOf(batch)));
  ASSIGN_OR_RETURN(const std::unique_ptr<store::WriteBatch> transaction, database_.Begin());
  RETURN_IF_ERROR(WriteLeftovers(batch, *transaction));
  for (size_t i = 0; i < batch.size(); ++i) {
    results[i]->index = edge.size();
    if (absl::Status status = TrySubmission(batch[i], edge.size(), *transaction); !status.ok()) {
      if (transaction->broken()) return status;
      RETURN_IF_ERROR(DiscardBlobs(batch[i], *transaction));
      results[i] = std::move(status);
    } else if (batch[i].entry) {
      RETURN_IF_ERROR(AddLeaf(*batch[i].entry, edge, *transaction));
    }
  }
  ASSIGN_OR_RETURN(std::set<std::string> discarded, ReadDiscarded(*transaction));
  TAMGA_FAILPOINT("ledger.before_commit");
  RETURN_IF_ERROR(transaction->Commit());
  TAMGA_FAILPOINT("ledger.after_commit");
  checkpoint_is_stored_ = true;
  discarded_ = std::move(discarded);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> LogWriter::Erasable() {
  std::vector<std::string> erasable;
  if (discarded_.empty()) return erasable;
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  for (const std::string& blob : discarded_) {
    // A submission that is refused because it came twice has the blobs of the one that went well.
    ASSIGN_OR_RETURN(const bool named, session->IsBlobNamed(blob));
    if (!named) erasable.push_back(blob);
  }
  return erasable;
}

absl::Status LogWriter::WriteLeftovers(const std::vector<CheckedSubmission>& batch, store::WriteBatch& transaction) {
  if (!checkpoint_is_stored_) RETURN_IF_ERROR(transaction.PutCheckpoint({edge_.size(), checkpoint_}));
  for (const std::string& blob : discarded_) RETURN_IF_ERROR(transaction.ForgetDiscarded(blob));
  // A submission that was refused once may come again with the same blobs.
  for (const CheckedSubmission& submission : batch) {
    for (const store::Blob& blob : submission.effects.blobs) RETURN_IF_ERROR(transaction.ForgetDiscarded(blob.id));
  }
  return absl::OkStatus();
}

absl::Status LogWriter::Settle() {
  if (checkpoint_is_stored_ && discarded_.empty()) return absl::OkStatus();
  std::vector<absl::StatusOr<Appended>> no_results;
  TileEdge edge = edge_;
  return Commit({}, edge, no_results);
}

}  // namespace tamga::ledger
