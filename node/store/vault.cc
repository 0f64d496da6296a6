#include "node/store/vault.h"

#include <openssl/crypto.h>

#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/aes_gcm.h"
#include "node/store/schema.h"

namespace tamga::store {
namespace {

constexpr int64_t kSchemaVersion = 2;
constexpr char kSchema[] = R"sql(
CREATE TABLE blob(
  id BLOB PRIMARY KEY,
  nonce BLOB NOT NULL,
  sealed BLOB NOT NULL);
)sql";

// A blob of known content that tells whether the keys are the right ones.
constexpr char kProbeId[] = "tamga vault test";
constexpr char kProbeContext[] = "tamga/vault-key";

void Wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

std::string AssociatedData(absl::string_view id, absl::string_view context) {
  return absl::StrCat("tamga/blob/v2 ", id.size(), " ", id, context);
}

}  // namespace

Vault::Vault(std::unique_ptr<KeyStore> keys, Rng& rng, std::unique_ptr<Database> writer, const std::string& path)
    : keys_(std::move(keys)), rng_(rng), writer_(std::move(writer)), readers_(path) {}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder, absl::string_view root_key, Rng& rng) {
  ASSIGN_OR_RETURN(std::unique_ptr<KeyStore> keys, KeyStore::Open(folder, root_key, "", absl::UnixEpoch(), rng));
  return Open(folder, std::move(keys), rng);
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder, std::unique_ptr<KeyStore> keys,
                                                   Rng& rng) {
  const std::string path = absl::StrCat(folder, "/vault.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path, Database::Access::kReadWrite));
  if (absl::Status status = EnsureSchema(*writer, kSchemaVersion, kSchema); !status.ok()) return Annotate(status, path);
  auto vault = std::unique_ptr<Vault>(new Vault(std::move(keys), rng, std::move(writer), path));
  if (absl::Status status = vault->CheckKeys(); !status.ok()) return Annotate(status, path);
  return vault;
}

absl::Status Vault::CheckKeys() {
  const absl::Status status = Get(kProbeId, kProbeContext).status();
  if (status.ok()) return status;
  if (!absl::IsNotFound(status) && !absl::IsDataLoss(status)) return status;
  {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(const int64_t blobs, writer_->QueryInt("SELECT count(*) FROM blob"));
    if (blobs > 0) {
      return absl::FailedPreconditionError("keys.db holds the keys of another vault; restore both from one backup");
    }
  }
  return Update({}, {{kProbeId, kProbeContext, ""}});
}

absl::Status Vault::Update(const std::vector<std::string>& erase, const std::vector<Blob>& put) {
  if (erase.empty() && put.empty()) return absl::OkStatus();
  std::vector<DataKey> data_keys;
  const std::vector<SealedBlob> sealed = Seal(put, &data_keys);
  MutexLock lock(mutex_);
  std::promise<absl::Status> promise;
  std::future<absl::Status> keys_written = promise.get_future();
  // Nothing names a body before both are durable, and a body without its key, or a key without its body, is nothing.
  RETURN_IF_ERROR(key_writer_.Run([&] { promise.set_value(keys_->Update(erase, data_keys)); }));
  absl::Status status = UpdateFile(erase, sealed);
  status.Update(keys_written.get());
  for (DataKey& data_key : data_keys) Wipe(data_key.key);
  return status;
}

std::vector<Vault::SealedBlob> Vault::Seal(const std::vector<Blob>& put, std::vector<DataKey>* keys) const {
  std::vector<SealedBlob> sealed;
  for (const Blob& blob : put) {
    const std::string& data_key = keys->emplace_back(DataKey{blob.id, rng_.Bytes(kAesKeyBytes)}).key;
    const std::string nonce = rng_.Bytes(kAesNonceBytes);
    sealed.push_back({blob.id, nonce, AesGcmSeal(data_key, nonce, AssociatedData(blob.id, blob.context), blob.body)});
  }
  return sealed;
}

absl::Status Vault::UpdateFile(const std::vector<std::string>& erase, const std::vector<SealedBlob>& put) {
  RETURN_IF_ERROR(writer_->Begin());
  return writer_->Finish(UpdateRows(erase, put));
}

absl::Status Vault::UpdateRows(const std::vector<std::string>& erase, const std::vector<SealedBlob>& put) {
  for (const std::string& id : erase) {
    RETURN_IF_ERROR(Statement(*writer_, "DELETE FROM blob WHERE id = ?1").BindBlob(1, id).Run());
  }
  for (const SealedBlob& blob : put) {
    RETURN_IF_ERROR(Statement(*writer_, "INSERT OR REPLACE INTO blob(id, nonce, sealed) VALUES(?1, ?2, ?3)")
                        .BindBlob(1, blob.id)
                        .BindBlob(2, blob.nonce)
                        .BindBlob(3, blob.sealed)
                        .Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Vault::Get(absl::string_view id, absl::string_view context) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease lease, readers_.Acquire());
  Statement statement(*lease, "SELECT nonce, sealed FROM blob WHERE id = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, id).Step());
  if (!found) return absl::NotFoundError("the vault has no such blob; it may have been erased");
  ASSIGN_OR_RETURN(std::string data_key, keys_->Get(id));
  absl::StatusOr<std::string> body =
      AesGcmOpen(data_key, statement.View(0), AssociatedData(id, context), statement.View(1));
  Wipe(data_key);
  return body;
}

}  // namespace tamga::store
