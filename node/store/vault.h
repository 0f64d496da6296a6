// vault.db: bodies of messages and records, sealed at rest so that each can be erased alone.
//
// A body is sealed with AES-256-GCM under a random key of its own, with its context as associated data; that key is
// sealed in the same way under the vault key, with the blob's id as associated data. Moving a row to another id, or
// using a body for what it was not stored for, therefore fails.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/store/effects.h"
#include "node/store/reader_pool.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// Thread-safe.
class Vault {
 public:
  // Opens or makes `folder`/vault.db. `key` has 32 bytes; FailedPrecondition if it is not the key that the vault was
  // made with. The caller holds the folder's lock (see ExchangeDb). `rng` must outlive the vault.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder, absl::string_view key, Rng& rng);
  ~Vault();

  // Erases and then stores, in one commit: durable once this returns OK. An id that is stored already gets the new
  // body, so that a commit may be repeated. Unknown ids to erase are ignored.
  absl::Status Update(const std::vector<std::string>& erase, const std::vector<Blob>& put);

  // The body stored as `id` with this context. NotFound; DataLoss if it does not authenticate.
  absl::StatusOr<std::string> Get(absl::string_view id, absl::string_view context);

 private:
  Vault(std::string key, Rng& rng, std::unique_ptr<Database> writer, const std::string& path);
  absl::Status CheckKey();
  absl::Status UpdateRows(const std::vector<std::string>& erase, const std::vector<Blob>& put)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Put(const Blob& blob) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::string key_;
  Rng& rng_;
  Mutex mutex_;
  std::unique_ptr<Database> writer_ ABSL_GUARDED_BY(mutex_);
  ReaderPool readers_;
};

}  // namespace tamga::store
