#include "node/store/vault.h"

#include <openssl/crypto.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/store/aes_gcm.h"
#include "node/store/schema.h"

namespace tamga::store {
namespace {

constexpr int64_t kSchemaVersion = 1;
constexpr char kSchema[] = R"sql(
CREATE TABLE blob(
  id BLOB PRIMARY KEY,
  wrapped_key BLOB NOT NULL,
  nonce BLOB NOT NULL,
  sealed BLOB NOT NULL);
)sql";

// A blob of known content that tells whether the vault key is the right one.
constexpr char kProbeId[] = "tamga vault test";
constexpr char kProbeContext[] = "tamga/vault-key";

void Wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

// Nonce and then the sealed key. Nonces are random: fit for 2^32 keys under one vault key (SP 800-38D section 8.3).
std::string WrapKey(absl::string_view vault_key, absl::string_view id, absl::string_view data_key, Rng& rng) {
  const std::string nonce = rng.Bytes(kAesNonceBytes);
  return nonce + AesGcmSeal(vault_key, nonce, id, data_key);
}

absl::StatusOr<std::string> UnwrapKey(absl::string_view vault_key, absl::string_view id, absl::string_view wrapped) {
  if (wrapped.size() < kAesNonceBytes) return absl::DataLossError("a wrapped key is cut short");
  return AesGcmOpen(vault_key, wrapped.substr(0, kAesNonceBytes), id, wrapped.substr(kAesNonceBytes));
}

}  // namespace

Vault::Vault(std::string key, Rng& rng, std::unique_ptr<Database> writer, const std::string& path)
    : key_(std::move(key)), rng_(rng), writer_(std::move(writer)), readers_(path) {}

Vault::~Vault() { Wipe(key_); }

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder, absl::string_view key, Rng& rng) {
  if (key.size() != kAesKeyBytes) return InvalidField("vault_key_file", "must hold 32 bytes in hex");
  RETURN_IF_ERROR(MakeFolder(folder));
  const std::string path = absl::StrCat(folder, "/vault.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> writer, Database::Open(path, Database::Access::kReadWrite));
  if (absl::Status status = EnsureSchema(*writer, kSchemaVersion, kSchema); !status.ok()) return Annotate(status, path);
  auto vault = std::unique_ptr<Vault>(new Vault(std::string(key), rng, std::move(writer), path));
  if (absl::Status status = vault->CheckKey(); !status.ok()) return Annotate(status, path);
  return vault;
}

absl::Status Vault::CheckKey() {
  const absl::Status status = Get(kProbeId, kProbeContext).status();
  if (absl::IsNotFound(status)) return Update({}, {{kProbeId, kProbeContext, ""}});
  if (!absl::IsDataLoss(status)) return status;
  return absl::FailedPreconditionError(
      "the vault was made with another key: set vault_key_file to that key's file, or restore the vault");
}

absl::Status Vault::Update(const std::vector<std::string>& erase, const std::vector<Blob>& put) {
  if (erase.empty() && put.empty()) return absl::OkStatus();
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Statement(*writer_, "BEGIN IMMEDIATE").Run());
  absl::Status status = UpdateRows(erase, put);
  if (status.ok()) status = Statement(*writer_, "COMMIT").Run();
  // A rollback that fails leaves the transaction open, and the next BEGIN says so.
  if (!status.ok() && writer_->in_transaction()) static_cast<void>(writer_->Execute("ROLLBACK"));
  return status;
}

absl::Status Vault::UpdateRows(const std::vector<std::string>& erase, const std::vector<Blob>& put) {
  for (const std::string& id : erase) {
    RETURN_IF_ERROR(Statement(*writer_, "DELETE FROM blob WHERE id = ?1").BindBlob(1, id).Run());
  }
  for (const Blob& blob : put) RETURN_IF_ERROR(Put(blob));
  return absl::OkStatus();
}

absl::Status Vault::Put(const Blob& blob) {
  std::string data_key = rng_.Bytes(kAesKeyBytes);
  const std::string nonce = rng_.Bytes(kAesNonceBytes);
  const std::string sealed = AesGcmSeal(data_key, nonce, blob.context, blob.body);
  const std::string wrapped = WrapKey(key_, blob.id, data_key, rng_);
  Wipe(data_key);
  Statement statement(*writer_, "INSERT OR REPLACE INTO blob(id, wrapped_key, nonce, sealed) VALUES(?1, ?2, ?3, ?4)");
  return statement.BindBlob(1, blob.id).BindBlob(2, wrapped).BindBlob(3, nonce).BindBlob(4, sealed).Run();
}

absl::StatusOr<std::string> Vault::Get(absl::string_view id, absl::string_view context) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease lease, readers_.Acquire());
  Statement statement(*lease, "SELECT wrapped_key, nonce, sealed FROM blob WHERE id = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, id).Step());
  if (!found) return absl::NotFoundError("the vault has no such blob; it may have been erased");
  absl::StatusOr<std::string> data_key = UnwrapKey(key_, id, statement.Bytes(0));
  RETURN_IF_ERROR(data_key.status());
  absl::StatusOr<std::string> body = AesGcmOpen(*data_key, statement.Bytes(1), context, statement.Bytes(2));
  Wipe(*data_key);
  return body;
}

}  // namespace tamga::store
