// exchange.db: the log, the replay cache, the outbox and the domain records' index, in one file so that one commit
// covers them all.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/store/folder_lock.h"
#include "node/store/reader.h"
#include "node/store/reader_pool.h"
#include "node/store/row_mac.h"
#include "node/store/sqlite.h"
#include "node/store/write_batch.h"

namespace tamga::store {

// A Reader on a connection of its own. Keep it only as long as it is used: connections are few.
class ReadSession {
 public:
  ReadSession(ReaderPool::Lease lease, const RowMac& mac) : lease_(std::move(lease)), reader_(*lease_, mac) {}
  Reader* operator->() { return &reader_; }
  Reader& operator*() { return reader_; }

 private:
  ReaderPool::Lease lease_;  // its Database has an address of its own, so moving the session is safe
  Reader reader_;
};

class ExchangeDb {
 public:
  // Opens or makes `folder`/exchange.db and locks the folder against other processes. The rows' MACs are made with a
  // key derived from `vault_key`. FailedPrecondition if another process has it or the file is of another format,
  // DataLoss if the file is damaged.
  static absl::StatusOr<std::unique_ptr<ExchangeDb>> Open(const std::string& folder, absl::string_view vault_key);

  // Thread-safe; waits while all reading connections are in use. A thread that holds a session must not ask for
  // another.
  absl::StatusOr<ReadSession> Read();
  // For one thread, the sequencer's: one batch at a time. Unavailable if another program holds the file.
  absl::StatusOr<std::unique_ptr<WriteBatch>> Begin();

 private:
  ExchangeDb(FolderLock lock, std::unique_ptr<Database> writer, const std::string& path, absl::string_view vault_key)
      : lock_(std::move(lock)), mac_(vault_key), writer_(std::move(writer)), readers_(path) {}

  FolderLock lock_;
  const RowMac mac_;
  // All commits and WAL checkpoints are made here: with SQLite 3.40 a second writing connection can lose commits.
  std::unique_ptr<Database> writer_;
  ReaderPool readers_;
};

}  // namespace tamga::store
