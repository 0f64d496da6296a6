// exchange.db: the log, the replay cache, the outbox and the domain records' index, in one file so that one commit
// covers them all.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/store/folder_lock.h"
#include "node/store/reader.h"
#include "node/store/reader_pool.h"
#include "node/store/row_keys.h"
#include "node/store/sqlite.h"
#include "node/store/write_batch.h"

namespace tamga::store {

// A Reader on a connection of its own. Keep it only as long as it is used: connections are few.
class ReadSession {
 public:
  ReadSession(ReaderPool::Lease lease, const RowKeys& keys) : lease_(std::move(lease)), reader_(*lease_, keys) {}
  // As Database::StopWhen, until the session ends.
  void StopWhen(std::function<bool()> stop) { (*lease_).StopWhen(std::move(stop)); }
  Reader* operator->() { return &reader_; }
  Reader& operator*() { return reader_; }

 private:
  ReaderPool::Lease lease_;  // its Database has an address of its own, so moving the session is safe
  Reader reader_;
};

// A way to read the exchange database: connections of its own, which no other way takes away. Thread-safe.
class ReadableDb {
 public:
  ReadableDb(const std::string& path, std::shared_ptr<const RowKeys> keys, size_t max_connections)
      : keys_(std::move(keys)), readers_(std::make_unique<ReaderPool>(path, max_connections)) {}

  // Waits while all its connections are in use. A thread that holds a session must not ask for another.
  absl::StatusOr<ReadSession> Read();

  const BlindIndex& blind_index() const { return keys_->blind; }

 protected:
  const RowKeys& keys() const { return *keys_; }
  // Nothing can be read afterwards.
  void CloseAll() { readers_.reset(); }

 private:
  const std::shared_ptr<const RowKeys> keys_;
  std::unique_ptr<ReaderPool> readers_;
};

class ExchangeDb : public ReadableDb {
 public:
  // Opens or makes `folder`/exchange.db and locks the folder against other processes. The rows' MACs are made with
  // `row_mac_key`, and the tokens of identifiers (blind_index.h) with `blind_index_key`. FailedPrecondition if another
  // process has it or the file is of another format, DataLoss if the file is damaged.
  static absl::StatusOr<std::unique_ptr<ExchangeDb>> Open(const std::string& folder, absl::string_view row_mac_key,
                                                          absl::string_view blind_index_key);

  // The writing connection is closed last: only then does it move everything from the WAL into the file.
  ~ExchangeDb() { CloseAll(); }

  // For auditors, whose questions may take long: exchanges do not wait for them.
  ReadableDb& for_auditors() { return for_auditors_; }
  // For one thread, the sequencer's: one batch at a time. Unavailable if another program holds the file.
  absl::StatusOr<std::unique_ptr<WriteBatch>> Begin();

 private:
  ExchangeDb(FolderLock lock, std::unique_ptr<Database> writer, const std::string& path,
             const std::shared_ptr<const RowKeys>& keys)
      : ReadableDb(path, keys, kMaxReaders),
        lock_(std::move(lock)),
        writer_(std::move(writer)),
        for_auditors_(path, keys, kMaxAuditReaders) {}

  FolderLock lock_;
  // All commits and WAL checkpoints are made here: with SQLite 3.40 a second writing connection can lose commits.
  std::unique_ptr<Database> writer_;
  ReadableDb for_auditors_;
};

}  // namespace tamga::store
