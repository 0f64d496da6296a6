// The one thread that writes a log. Callers queue up and wait; whatever has queued while the last batch was being
// synced to disk makes the next batch, so that one sync serves many callers.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/mutex.h"
#include "node/ledger/log_writer.h"
#include "node/ledger/note.h"
#include "node/ledger/submission.h"
#include "node/store/effects.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"

namespace tamga::ledger {

inline constexpr size_t kMaxQueued = 4096;

// Thread-safe. Writes run on the sequencer's thread, so they must not call it.
class Sequencer final : public store::EffectWriter {
 public:
  // Errors as of LogWriter::Open. The database and vault must outlive it; nobody else may write to them. At most
  // `max_queued` calls wait.
  static absl::StatusOr<std::unique_ptr<Sequencer>> Start(store::ExchangeDb& database, store::Vault& vault, NoteKey key,
                                                          NoteSigner sign, size_t max_queued = kMaxQueued);
  // Commits what is queued, then stops.
  ~Sequencer() override;
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Blocks until the submission is durable and a checkpoint over it is signed. Entries get their places in the order in
  // which their calls queued up. Errors: those of the submission's writes; InvalidArgument for a bad entry or blob;
  // ResourceExhausted (reason OVERLOADED) if too many calls wait; those of the disk (Unavailable, ResourceExhausted,
  // FailedPrecondition), after which nothing of the submission has happened and the call may be repeated.
  absl::StatusOr<Appended> Append(Submission submission);

  // The same without an entry.
  absl::Status Commit(store::Effects effects) override;

  // From now on no entry is appended: Append gives `why` instead. What has no entry is committed as before.
  void RefuseEntries(const absl::Status& why);

  // The same as Append of each, in this order, with as few commits as may be. One that fails leaves the others alone.
  std::vector<absl::StatusOr<Appended>> AppendAll(std::vector<Submission> submissions);

  // Calls `notify` on the sequencer's thread whenever something has become durable; it must not block, nor call the
  // sequencer. One at a time for each `whose`: nullptr takes it away, and once that has returned it is not called any
  // more.
  void OnCommit(const void* whose, std::function<void()> notify);

  // Signed note over all entries that are durable.
  std::string NewestCheckpoint() const;

 private:
  struct Waiting {
    CheckedSubmission submission;
    std::promise<absl::StatusOr<Appended>> result;
  };

  Sequencer(std::unique_ptr<LogWriter> writer, size_t max_queued);
  absl::StatusOr<std::future<absl::StatusOr<Appended>>> Enqueue(CheckedSubmission submission);
  // Up to kMaxBatch; waits for the first. Empty once stopping and drained.
  std::vector<Waiting> TakeBatch();
  void Loop();

  const std::unique_ptr<LogWriter> writer_;  // used by thread_ alone
  const size_t max_queued_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Waiting> queue_ ABSL_GUARDED_BY(mutex_);
  std::string checkpoint_ ABSL_GUARDED_BY(mutex_);
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Mutex notify_mutex_;  // held while they are called
  std::map<const void*, std::function<void()>> notify_ ABSL_GUARDED_BY(notify_mutex_);
  std::thread thread_;
};

}  // namespace tamga::ledger
