#include "node/store/key_store.h"

#include <openssl/crypto.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/store/aes_gcm.h"
#include "node/store/schema.h"

namespace tamga::store {
namespace {

constexpr int64_t kSchemaVersion = 1;
constexpr char kSchema[] = R"sql(
CREATE TABLE agency_key(id INTEGER PRIMARY KEY AUTOINCREMENT, made_at INTEGER NOT NULL, wrapped BLOB NOT NULL);
CREATE TABLE use_key(use TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE data_key(id BLOB PRIMARY KEY, agency_key INTEGER NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX data_key_agency_key ON data_key(agency_key);
)sql";

constexpr int kRewrappedAtOnce = 1'000;
// By how much a clock may be set back as a correction.
constexpr absl::Duration kMostCorrection = absl::Hours(1);

void Wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

std::string NameOfAgencyKey(int64_t id) { return absl::StrCat("tamga/agency-key/v1 ", id); }
std::string NameOfUse(absl::string_view use) { return absl::StrCat("tamga/use-key/v1 ", use); }
std::string NameOfDataKey(int64_t agency_key, absl::string_view id) {
  return absl::StrCat("tamga/data-key/v1 ", agency_key, " ", id);
}

// Nonce and then the sealed key. Nonces are random: fit for 2^32 keys under one key (SP 800-38D section 8.3).
std::string Wrap(absl::string_view under, absl::string_view name, absl::string_view key, Rng& rng) {
  const std::string nonce = rng.Bytes(kAesNonceBytes);
  return nonce + AesGcmSeal(under, nonce, name, key);
}

absl::StatusOr<std::string> Unwrap(absl::string_view under, absl::string_view name, absl::string_view wrapped) {
  if (wrapped.size() < kAesNonceBytes) return absl::DataLossError("a wrapped key is cut short");
  return AesGcmOpen(under, wrapped.substr(0, kAesNonceBytes), name, wrapped.substr(kAesNonceBytes));
}

struct WrappedKey {
  int64_t number = 0;  // of an agency key
  std::string name;    // id of a data key, or use
  std::string wrapped;
};

absl::StatusOr<std::vector<WrappedKey>> AllAgencyKeys(Database& database) {
  Statement statement(database, "SELECT id, wrapped FROM agency_key ORDER BY id");
  return AllRows<WrappedKey>(statement, [](const Statement& row) { return WrappedKey{row.Int(0), "", row.Bytes(1)}; });
}

absl::StatusOr<std::vector<WrappedKey>> AllUses(Database& database) {
  Statement statement(database, "SELECT use, wrapped FROM use_key");
  return AllRows<WrappedKey>(statement, [](const Statement& row) { return WrappedKey{0, row.Bytes(0), row.Bytes(1)}; });
}

}  // namespace

KeyStore::KeyStore(std::string root_key, Rng& rng, std::unique_ptr<Database> writer, const std::string& path)
    : root_key_(std::move(root_key)), rng_(rng), writer_(std::move(writer)), readers_(path) {}

KeyStore::~KeyStore() {
  MutexLock lock(keys_mutex_);
  for (auto& [unused, key] : agency_keys_) Wipe(key);
  Wipe(root_key_);
}

absl::StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(const std::string& folder, absl::string_view root_key,
                                                         absl::string_view former_root_key, absl::Time now, Rng& rng) {
  if (root_key.size() != kAesKeyBytes) return InvalidField("vault_key_file", "must hold 32 bytes in hex");
  if (!former_root_key.empty() && former_root_key.size() != kAesKeyBytes) {
    return InvalidField("former_vault_key_file", "must hold 32 bytes in hex");
  }
  RETURN_IF_ERROR(MakeFolder(folder));
  const std::string path = absl::StrCat(folder, "/keys.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path, Database::Access::kReadWrite));
  if (absl::Status status = EnsureSchema(*writer, kSchemaVersion, kSchema); !status.ok()) return Annotate(status, path);
  auto keys = std::unique_ptr<KeyStore>(new KeyStore(std::string(root_key), rng, std::move(writer), path));
  if (absl::Status status = keys->AdoptRootKey(former_root_key, now); !status.ok()) return Annotate(status, path);
  return keys;
}

absl::Status KeyStore::AdoptRootKey(absl::string_view former, absl::Time now) {
  MutexLock lock(mutex_);
  // In one transaction, so that of two processes that begin at once one makes the first key.
  RETURN_IF_ERROR(writer_->Begin());
  RETURN_IF_ERROR(writer_->Finish(MakeOrWrapAnew(former, now)));
  RETURN_IF_ERROR(LoadAgencyKeys());
  return ForgetLog();
}

absl::Status KeyStore::MakeOrWrapAnew(absl::string_view former, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> keys, AllAgencyKeys(*writer_));
  if (keys.empty()) return AddAgencyKey(now);
  const WrappedKey& newest = keys.back();
  if (Unwrap(root_key_, NameOfAgencyKey(newest.number), newest.wrapped).ok()) return absl::OkStatus();
  if (!former.empty()) return WrapAllAnew(former);
  return absl::FailedPreconditionError(
      "it was made under another key: set vault_key_file to that key's file, or, to replace the key, "
      "former_vault_key_file");
}

absl::Status KeyStore::WrapAllAnew(absl::string_view former) {
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> agency_keys, AllAgencyKeys(*writer_));
  for (const WrappedKey& row : agency_keys) {
    const std::string name = NameOfAgencyKey(row.number);
    absl::StatusOr<std::string> key = Unwrap(former, name, row.wrapped);
    if (!key.ok()) {
      return absl::FailedPreconditionError(
          "it was made under neither the key in vault_key_file nor that in former_vault_key_file");
    }
    RETURN_IF_ERROR(Statement(*writer_, "UPDATE agency_key SET wrapped = ?2 WHERE id = ?1")
                        .BindInt(1, row.number)
                        .BindBlob(2, Wrap(root_key_, name, *key, rng_))
                        .Run());
    Wipe(*key);
  }
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> uses, AllUses(*writer_));
  for (const WrappedKey& row : uses) {
    ASSIGN_OR_RETURN(std::string key, Unwrap(former, NameOfUse(row.name), row.wrapped));
    RETURN_IF_ERROR(Statement(*writer_, "UPDATE use_key SET wrapped = ?2 WHERE use = ?1")
                        .BindText(1, row.name)
                        .BindBlob(2, Wrap(root_key_, NameOfUse(row.name), key, rng_))
                        .Run());
    Wipe(key);
  }
  return absl::OkStatus();
}

absl::Status KeyStore::AddAgencyKey(absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t last, writer_->QueryInt("SELECT coalesce(max(seq), 0) FROM sqlite_sequence"));
  std::string key = rng_.Bytes(kAesKeyBytes);
  const std::string wrapped = Wrap(root_key_, NameOfAgencyKey(last + 1), key, rng_);
  Wipe(key);
  return Statement(*writer_, "INSERT INTO agency_key(id, made_at, wrapped) VALUES(?1, ?2, ?3)")
      .BindInt(1, last + 1)
      .BindTime(2, now)
      .BindBlob(3, wrapped)
      .Run();
}

absl::Status KeyStore::LoadAgencyKeys() {
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> rows, AllAgencyKeys(*writer_));
  std::map<int64_t, std::string> keys;
  for (const WrappedKey& row : rows) {
    ASSIGN_OR_RETURN(keys[row.number], Unwrap(root_key_, NameOfAgencyKey(row.number), row.wrapped));
  }
  MutexLock lock(keys_mutex_);
  agency_keys_.swap(keys);
  for (auto& [unused, key] : keys) Wipe(key);
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyStore::KeyFor(absl::string_view use) {
  std::string key;
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(writer_->Begin());
  RETURN_IF_ERROR(writer_->Finish(FindOrMakeUseKey(use, &key)));
  return key;
}

absl::Status KeyStore::FindOrMakeUseKey(absl::string_view use, std::string* key) {
  Statement find(*writer_, "SELECT wrapped FROM use_key WHERE use = ?1");
  ASSIGN_OR_RETURN(const bool found, find.BindText(1, use).Step());
  if (found) {
    ASSIGN_OR_RETURN(*key, Unwrap(root_key_, NameOfUse(use), find.View(0)));
    return absl::OkStatus();
  }
  *key = rng_.Bytes(kAesKeyBytes);
  return Statement(*writer_, "INSERT INTO use_key(use, wrapped) VALUES(?1, ?2)")
      .BindText(1, use)
      .BindBlob(2, Wrap(root_key_, NameOfUse(use), *key, rng_))
      .Run();
}

absl::Status KeyStore::Update(const std::vector<std::string>& destroy, const std::vector<DataKey>& add) {
  if (destroy.empty() && add.empty()) return absl::OkStatus();
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(writer_->Begin());
  int64_t destroyed = 0;
  RETURN_IF_ERROR(writer_->Finish(UpdateRows(destroy, add, &destroyed)));
  TAMGA_FAILPOINT("keys.destroyed");
  log_holds_destroyed_ = log_holds_destroyed_ || destroyed > 0;
  return ForgetLog();
}

absl::Status KeyStore::UpdateRows(const std::vector<std::string>& destroy, const std::vector<DataKey>& add,
                                  int64_t* destroyed) {
  for (const std::string& id : destroy) {
    RETURN_IF_ERROR(Statement(*writer_, "DELETE FROM data_key WHERE id = ?1").BindBlob(1, id).Run());
    *destroyed += writer_->changes();
  }
  MutexLock lock(keys_mutex_);
  const auto& [number, agency_key] = *agency_keys_.rbegin();
  for (const DataKey& data_key : add) {
    RETURN_IF_ERROR(Statement(*writer_, "INSERT OR REPLACE INTO data_key(id, agency_key, wrapped) VALUES(?1, ?2, ?3)")
                        .BindBlob(1, data_key.id)
                        .BindInt(2, number)
                        .BindBlob(3, Wrap(agency_key, NameOfDataKey(number, data_key.id), data_key.key, rng_))
                        .Run());
  }
  return absl::OkStatus();
}

// The file itself holds no trace, since secure_delete overwrites what is deleted; its write-ahead log holds pages as
// they were before until it is begun anew.
absl::Status KeyStore::ForgetLog() {
  if (!log_holds_destroyed_) return absl::OkStatus();
  Statement statement(*writer_, "PRAGMA wal_checkpoint(TRUNCATE)");
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found || statement.Int(0) != 0) {
    return absl::UnavailableError("keys.db is being read; what was to be erased is erased with the next try");
  }
  log_holds_destroyed_ = false;
  TAMGA_FAILPOINT("keys.truncated");
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyStore::Get(absl::string_view id) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease lease, readers_.Acquire());
  Statement statement(*lease, "SELECT agency_key, wrapped FROM data_key WHERE id = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, id).Step());
  if (!found) return absl::NotFoundError("there is no key of this blob; it may have been erased");
  const int64_t number = statement.Int(0);
  MutexLock lock(keys_mutex_);
  const auto agency_key = agency_keys_.find(number);
  if (agency_key == agency_keys_.end()) return absl::DataLossError("a data key is wrapped by an unknown agency key");
  return Unwrap(agency_key->second, NameOfDataKey(number, id), statement.View(1));
}

absl::StatusOr<bool> KeyStore::RotateAgencyKey(absl::Duration age, absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t newest, BeginRotation(age, now));
  if (newest == 0) return false;
  // The lock is let go between batches, so that exchanges go on.
  for (size_t rewrapped = 1; rewrapped > 0;) {
    ASSIGN_OR_RETURN(rewrapped, RewrapBatch(newest));
    TAMGA_FAILPOINT("keys.rewrapped");
  }
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Statement(*writer_, "DELETE FROM agency_key WHERE id < ?1").BindInt(1, newest).Run());
  log_holds_destroyed_ = true;
  RETURN_IF_ERROR(LoadAgencyKeys());
  RETURN_IF_ERROR(ForgetLog());
  return true;
}

absl::StatusOr<int64_t> KeyStore::BeginRotation(absl::Duration age, absl::Time now) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const int64_t count, writer_->QueryInt("SELECT count(*) FROM agency_key"));
  if (count == 1) {
    ASSIGN_OR_RETURN(const int64_t made_at, writer_->QueryInt("SELECT made_at FROM agency_key"));
    const absl::Duration has_age = now - absl::FromUnixNanos(made_at);
    // One of a time to come was made when the clock was wrong: how old it is nobody knows.
    if (has_age <= age && has_age > -kMostCorrection) return 0;
    RETURN_IF_ERROR(AddAgencyKey(now));
    TAMGA_FAILPOINT("keys.rotating");
    RETURN_IF_ERROR(LoadAgencyKeys());
  }
  return writer_->QueryInt("SELECT max(id) FROM agency_key");
}

absl::StatusOr<size_t> KeyStore::RewrapBatch(int64_t newest) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(writer_->Begin());
  size_t count = 0;
  RETURN_IF_ERROR(writer_->Finish(RewrapRows(newest, &count)));
  return count;
}

absl::Status KeyStore::RewrapRows(int64_t newest, size_t* count) {
  Statement statement(*writer_, "SELECT agency_key, id, wrapped FROM data_key WHERE agency_key < ?1 LIMIT ?2");
  statement.BindInt(1, newest).BindInt(2, kRewrappedAtOnce);
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> rows, AllRows<WrappedKey>(statement, [](const Statement& row) {
                     return WrappedKey{row.Int(0), row.Bytes(1), row.Bytes(2)};
                   }));
  MutexLock lock(keys_mutex_);
  for (const WrappedKey& row : rows) {
    ASSIGN_OR_RETURN(std::string key,
                     Unwrap(agency_keys_[row.number], NameOfDataKey(row.number, row.name), row.wrapped));
    RETURN_IF_ERROR(Statement(*writer_, "UPDATE data_key SET agency_key = ?2, wrapped = ?3 WHERE id = ?1")
                        .BindBlob(1, row.name)
                        .BindInt(2, newest)
                        .BindBlob(3, Wrap(agency_keys_[newest], NameOfDataKey(newest, row.name), key, rng_))
                        .Run());
    Wipe(key);
  }
  *count = rows.size();
  return absl::OkStatus();
}

}  // namespace tamga::store
