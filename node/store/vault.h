// vault.db: bodies of messages and records, sealed at rest so that each can be erased alone.
//
// A body is sealed with AES-256-GCM under a random key of its own, with its id and context as associated data; the key
// is in keys.db (key_store.h). Moving a row to another id, or using a body for what it was not stored for, therefore
// fails, and a body whose key is destroyed is gone, here and in whatever copy of this file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/base/worker_pool.h"
#include "node/store/effects.h"
#include "node/store/key_store.h"
#include "node/store/reader_pool.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// Thread-safe.
class Vault {
 public:
  // Opens or makes `folder`/vault.db, whose keys are `keys`. FailedPrecondition if they are of another vault. The
  // caller holds the folder's lock (see ExchangeDb). `rng` must outlive the vault.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder, std::unique_ptr<KeyStore> keys,
                                                     Rng& rng);
  // With the keys of the folder under `root_key`, none of which are replaced; errors of KeyStore::Open.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder, absl::string_view root_key, Rng& rng);

  // Erases and then stores, in one commit: durable once this returns OK. An id that is stored already gets the new
  // body, so that a commit may be repeated. Unknown ids to erase are ignored.
  absl::Status Update(const std::vector<std::string>& erase, const std::vector<Blob>& put);

  KeyStore& keys() { return *keys_; }

  // The body stored as `id` with this context. NotFound; DataLoss if it does not authenticate.
  absl::StatusOr<std::string> Get(absl::string_view id, absl::string_view context);

 private:
  struct SealedBlob {
    std::string id;
    std::string nonce;
    std::string sealed;
  };

  Vault(std::unique_ptr<KeyStore> keys, Rng& rng, std::unique_ptr<Database> writer, const std::string& path);
  absl::Status CheckKeys();
  // What is sealed of each blob, and, in `keys`, under what.
  std::vector<SealedBlob> Seal(const std::vector<Blob>& put, std::vector<DataKey>* keys) const;
  absl::Status UpdateFile(const std::vector<std::string>& erase, const std::vector<SealedBlob>& put)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status UpdateRows(const std::vector<std::string>& erase, const std::vector<SealedBlob>& put)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<KeyStore> keys_;
  Rng& rng_;
  Mutex mutex_;
  std::unique_ptr<Database> writer_ ABSL_GUARDED_BY(mutex_);
  ReaderPool readers_;
  // Writes keys while this thread writes bodies: a commit waits for the disk once.
  WorkerPool key_writer_{1, 1};
};

}  // namespace tamga::store
