#include "node/ledger/sequencer.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {

absl::StatusOr<std::unique_ptr<Sequencer>> Sequencer::Start(store::ExchangeDb& database, store::Vault& vault,
                                                            NoteKey key, NoteSigner sign, size_t max_queued) {
  ASSIGN_OR_RETURN(std::unique_ptr<LogWriter> writer,
                   LogWriter::Open(database, vault, std::move(key), std::move(sign)));
  return std::unique_ptr<Sequencer>(new Sequencer(std::move(writer), max_queued));
}

Sequencer::Sequencer(std::unique_ptr<LogWriter> writer, size_t max_queued)
    : writer_(std::move(writer)),
      max_queued_(max_queued),
      checkpoint_(writer_->checkpoint()),
      thread_([this] { Loop(); }) {}

Sequencer::~Sequencer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

absl::StatusOr<Appended> Sequencer::Append(Submission submission) {
  ASSIGN_OR_RETURN(CheckedSubmission checked, CheckSubmission(std::move(submission)));
  ASSIGN_OR_RETURN(std::future<absl::StatusOr<Appended>> result, Enqueue(std::move(checked)));
  return result.get();
}

std::vector<absl::StatusOr<Appended>> Sequencer::AppendAll(std::vector<Submission> submissions) {
  std::vector<absl::StatusOr<std::future<absl::StatusOr<Appended>>>> queued;
  queued.reserve(submissions.size());
  for (Submission& submission : submissions) {
    absl::StatusOr<CheckedSubmission> checked = CheckSubmission(std::move(submission));
    if (checked.ok()) {
      queued.push_back(Enqueue(*std::move(checked)));
    } else {
      queued.emplace_back(checked.status());
    }
  }
  std::vector<absl::StatusOr<Appended>> results;
  results.reserve(queued.size());
  for (auto& result : queued) {
    if (result.ok()) {
      results.push_back(result->get());
    } else {
      results.emplace_back(result.status());
    }
  }
  return results;
}

absl::Status Sequencer::Commit(store::Effects effects) {
  return Append(Submission{std::move(effects), std::nullopt}).status();
}

void Sequencer::RefuseEntries(const absl::Status& why) {
  MutexLock lock(mutex_);
  refusal_ = why;
}

void Sequencer::OnCommit(const void* whose, std::function<void()> notify) {
  MutexLock lock(notify_mutex_);
  if (notify) {
    notify_[whose] = std::move(notify);
  } else {
    notify_.erase(whose);
  }
}

std::string Sequencer::NewestCheckpoint() const {
  MutexLock lock(mutex_);
  return checkpoint_;
}

absl::StatusOr<std::future<absl::StatusOr<Appended>>> Sequencer::Enqueue(CheckedSubmission submission) {
  Waiting waiting{std::move(submission), {}};
  std::future<absl::StatusOr<Appended>> result = waiting.result.get_future();
  MutexLock lock(mutex_);
  if (stopping_) return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the node is stopping; try again later");
  if (waiting.submission.entry && !refusal_.ok()) return refusal_;
  if (queue_.size() >= max_queued_) {
    return Error(absl::StatusCode::kResourceExhausted, "OVERLOADED", "the log's queue is full; try again later");
  }
  queue_.push_back(std::move(waiting));
  changed_.NotifyOne();
  return result;
}

std::vector<Sequencer::Waiting> Sequencer::TakeBatch() {
  std::vector<Waiting> batch;
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
  while (!queue_.empty() && batch.size() < kMaxBatch) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void Sequencer::Loop() {
  while (true) {
    std::vector<Waiting> batch = TakeBatch();
    if (batch.empty()) break;
    std::vector<CheckedSubmission> submissions;
    submissions.reserve(batch.size());
    for (Waiting& waiting : batch) submissions.push_back(std::move(waiting.submission));
    std::vector<absl::StatusOr<Appended>> results = writer_->Write(submissions);
    {
      MutexLock lock(mutex_);
      checkpoint_ = writer_->checkpoint();
    }
    for (size_t i = 0; i < batch.size(); ++i) batch[i].result.set_value(std::move(results[i]));
    MutexLock lock(notify_mutex_);
    for (const auto& [unused, notify] : notify_) notify();
  }
  // Not fatal: the next start signs the same checkpoint again.
  if (const absl::Status status = writer_->Settle(); !status.ok()) {
    Log(Severity::kWarning, "ledger.not_settled", {{"error", status.message()}});
  }
}

}  // namespace tamga::ledger
