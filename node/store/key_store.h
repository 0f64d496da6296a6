// keys.db: the keys of everything that is kept at rest, in a small file of their own, so that what is to be gone can be
// made to be gone. Bodies, and all copies and backups of them, are unreadable once their key is destroyed; no copy of
// this file is kept for long (backup.h).
//
//   root key (a file, an operator's)  wraps  agency keys, and keys of other uses
//   agency key (random, replaced)     wraps  data keys
//   data key (random)                 seals  one body (vault.h)
//
// Wrapping is AES-256-GCM under a random nonce; a wrapped key is bound to its name and, a data key, to its agency key.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/store/reader_pool.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// Of one body.
struct DataKey {
  std::string id;   // the blob's
  std::string key;  // 32 bytes
};

// Thread-safe.
class KeyStore {
 public:
  // Opens or makes `folder`/keys.db. Keys have 32 bytes. If the file was made under `former_root_key` (empty: there is
  // none), all that it wraps is wrapped anew under `root_key` first. INVALID_FIELD for a key of another size,
  // FailedPrecondition if the file was made under neither key. `rng` outlives the store.
  static absl::StatusOr<std::unique_ptr<KeyStore>> Open(const std::string& folder, absl::string_view root_key,
                                                        absl::string_view former_root_key, absl::Time now, Rng& rng);
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  // The key of this use, such as "row-mac": 32 random bytes, made when it is first asked for and the same ever after.
  absl::StatusOr<std::string> KeyFor(absl::string_view use);

  // Destroys and then adds data keys in one commit, durable once this returns OK. What was destroyed is then in neither
  // the file nor its log, whatever of it was there before. An id that has a key already gets the new one; ids that have
  // none are destroyed already.
  absl::Status Update(const std::vector<std::string>& destroy, const std::vector<DataKey>& add);

  // NotFound if there is none, or it was destroyed; DataLoss if it does not authenticate.
  absl::StatusOr<std::string> Get(absl::string_view id);

  // If the agency key is older than `age`: makes a new one, wraps all data keys under it, a batch at a time, and
  // destroys the old one. Bodies are not touched. What was begun before is finished, whatever the age. Returns whether
  // there was anything to do.
  absl::StatusOr<bool> RotateAgencyKey(absl::Duration age, absl::Time now);

 private:
  KeyStore(std::string root_key, Rng& rng, std::unique_ptr<Database> writer, const std::string& path);

  absl::Status AdoptRootKey(absl::string_view former, absl::Time now);
  absl::Status MakeOrWrapAnew(absl::string_view former, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WrapAllAnew(absl::string_view former) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AddAgencyKey(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status LoadAgencyKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FindOrMakeUseKey(absl::string_view use, std::string* key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status UpdateRows(const std::vector<std::string>& destroy, const std::vector<DataKey>& add, int64_t* destroyed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The number of the agency key under which all are to be; 0 if nothing is to be done.
  absl::StatusOr<int64_t> BeginRotation(absl::Duration age, absl::Time now);
  // How many keys were wrapped anew.
  absl::StatusOr<size_t> RewrapBatch(int64_t newest);
  absl::Status RewrapRows(int64_t newest, size_t* count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ForgetLog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::string root_key_;
  Rng& rng_;
  Mutex mutex_;
  std::unique_ptr<Database> writer_ ABSL_GUARDED_BY(mutex_);
  // Destroyed keys may be in the write-ahead log still.
  bool log_holds_destroyed_ ABSL_GUARDED_BY(mutex_) = true;
  Mutex keys_mutex_;
  std::map<int64_t, std::string> agency_keys_ ABSL_GUARDED_BY(keys_mutex_);  // the newest has the highest number
  ReaderPool readers_;
};

}  // namespace tamga::store
