// authority.db: what a State's issuing authority remembers. Every change is durable once its call returns OK.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/mutex.h"
#include "node/store/folder_lock.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// A certificate that was issued.
struct IssuedRow {
  std::string serial;      // lower-case hex
  std::string spiffe_id;   // whom it names
  std::string key_sha256;  // of the SubjectPublicKeyInfo, 32 bytes
  // To what it goes back, through all renewals: the SHA-256 of the join token by which the first was issued, or the
  // serial number of a certificate that was issued elsewhere and renewed here.
  std::string origin;
  absl::Time not_after;
  std::string chain_pem;  // itself and its issuer
};

// A join token, of which only its hash is kept.
struct TokenRow {
  std::string sha256;
  std::string spiffe_id;  // for whom
  absl::Time expires_at;
  std::string serial;  // of the certificate that was issued by it; empty: it was not used
};

struct RevokedRow {
  std::string serial;
  absl::Time since;
};

// Thread-safe.
class AuthorityDb {
 public:
  // Opens or makes `folder`/authority.db. FailedPrecondition (ALREADY_RUNNING) if another process has it.
  static absl::StatusOr<std::unique_ptr<AuthorityDb>> Open(const std::string& folder);
  AuthorityDb(const AuthorityDb&) = delete;
  AuthorityDb& operator=(const AuthorityDb&) = delete;

  absl::Status AddToken(const TokenRow& row);
  absl::StatusOr<std::optional<TokenRow>> FindToken(absl::string_view sha256);

  // Keeps the certificate, and in the same commit marks the token that is its origin as used by it. Aborted if that
  // token was used before.
  absl::Status AddByToken(const IssuedRow& row);
  absl::Status AddRenewed(const IssuedRow& row);
  absl::StatusOr<std::optional<IssuedRow>> FindIssued(absl::string_view serial);
  // Whether the certificate was issued here, or elsewhere and renewed here.
  absl::StatusOr<bool> Knows(absl::string_view serial);

  // Each revokes from `now` on all certificates with the origin of the one that is named, since whoever had its key
  // could renew it; with that origin itself, if it is a certificate that was issued elsewhere. Returns how many were
  // not revoked before. A serial number need not be of a certificate that is known here.
  absl::StatusOr<int64_t> RevokeSerial(absl::string_view serial, absl::Time now);
  absl::StatusOr<int64_t> RevokeKey(absl::string_view key_sha256, absl::Time now);
  absl::StatusOr<int64_t> RevokeOrigin(absl::string_view origin, absl::Time now);
  // Since when it is revoked; nothing if it is not.
  absl::StatusOr<std::optional<absl::Time>> RevokedSince(absl::string_view serial);
  // Since when all certificates are revoked that were issued here for the key; nothing if one is not, or there are
  // none.
  absl::StatusOr<std::optional<absl::Time>> KeyRevokedSince(absl::string_view key_sha256);
  // What a list issued at `now` has to name: all but those that are known to have ended.
  absl::StatusOr<std::vector<RevokedRow>> Revoked(absl::Time now);

  // 1, 2 and so on, each number once and for good.
  absl::StatusOr<uint64_t> NextListNumber();

 private:
  AuthorityDb(FolderLock lock, std::unique_ptr<Database> database)
      : lock_(std::move(lock)), database_(std::move(database)) {}
  absl::Status InsertIssued(const IssuedRow& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status InsertByToken(const IssuedRow& row) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<int64_t> RevokeWhere(absl::string_view condition, absl::string_view value, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<int64_t> RevokeNamed(absl::string_view serial, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const FolderLock lock_;
  Mutex mutex_;
  const std::unique_ptr<Database> database_ ABSL_PT_GUARDED_BY(mutex_);
};

}  // namespace tamga::store
