#include "node/store/authority_db.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/store/schema.h"

namespace tamga::store {
namespace {

constexpr int64_t kSchemaVersion = 1;
constexpr char kSchema[] = R"sql(
CREATE TABLE issued(serial TEXT PRIMARY KEY, spiffe_id TEXT NOT NULL, key_sha256 BLOB NOT NULL, origin BLOB NOT NULL,
                    not_after INTEGER NOT NULL, chain_pem TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX issued_key ON issued(key_sha256);
CREATE INDEX issued_origin ON issued(origin);
CREATE TABLE token(sha256 BLOB PRIMARY KEY, spiffe_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
                   serial TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE revoked(serial TEXT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER) WITHOUT ROWID;
CREATE TABLE list_number(number INTEGER PRIMARY KEY AUTOINCREMENT);
)sql";

IssuedRow IssuedIn(const Statement& row) {
  return {row.Bytes(0), row.Bytes(1), row.Bytes(2), row.Bytes(3), row.Time(4), row.Bytes(5)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuthorityDb>> AuthorityDb::Open(const std::string& folder) {
  RETURN_IF_ERROR(MakeFolder(folder));
  ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Acquire(folder));
  const std::string path = absl::StrCat(folder, "/authority.db");
  ASSIGN_OR_RETURN(std::unique_ptr<Database> database, Database::Open(path, Database::Access::kReadWrite));
  if (absl::Status status = EnsureSchema(*database, kSchemaVersion, kSchema); !status.ok()) {
    return Annotate(status, path);
  }
  return std::unique_ptr<AuthorityDb>(new AuthorityDb(std::move(lock), std::move(database)));
}

absl::Status AuthorityDb::AddToken(const TokenRow& row) {
  MutexLock lock(mutex_);
  return Statement(*database_, "INSERT INTO token(sha256, spiffe_id, expires_at, serial) VALUES(?1, ?2, ?3, ?4)")
      .BindBlob(1, row.sha256)
      .BindText(2, row.spiffe_id)
      .BindTime(3, row.expires_at)
      .BindText(4, row.serial)
      .Run();
}

absl::StatusOr<std::optional<TokenRow>> AuthorityDb::FindToken(absl::string_view sha256) {
  MutexLock lock(mutex_);
  Statement statement(*database_, "SELECT sha256, spiffe_id, expires_at, serial FROM token WHERE sha256 = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, sha256).Step());
  if (!found) return std::optional<TokenRow>();
  return std::optional<TokenRow>(
      TokenRow{statement.Bytes(0), statement.Bytes(1), statement.Time(2), statement.Bytes(3)});
}

absl::Status AuthorityDb::InsertIssued(const IssuedRow& row) {
  return Statement(*database_,
                   "INSERT INTO issued(serial, spiffe_id, key_sha256, origin, not_after, chain_pem) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
      .BindText(1, row.serial)
      .BindText(2, row.spiffe_id)
      .BindBlob(3, row.key_sha256)
      .BindBlob(4, row.origin)
      .BindTime(5, row.not_after)
      .BindText(6, row.chain_pem)
      .Run();
}

absl::Status AuthorityDb::InsertByToken(const IssuedRow& row) {
  RETURN_IF_ERROR(InsertIssued(row));
  RETURN_IF_ERROR(Statement(*database_, "UPDATE token SET serial = ?1 WHERE sha256 = ?2 AND serial = ''")
                      .BindText(1, row.serial)
                      .BindBlob(2, row.origin)
                      .Run());
  return database_->changes() == 1 ? absl::OkStatus() : absl::AbortedError("the join token was used meanwhile");
}

absl::Status AuthorityDb::AddByToken(const IssuedRow& row) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(database_->Begin());
  return database_->Finish(InsertByToken(row));
}

absl::Status AuthorityDb::AddRenewed(const IssuedRow& row) {
  MutexLock lock(mutex_);
  return InsertIssued(row);
}

absl::StatusOr<std::optional<IssuedRow>> AuthorityDb::FindIssued(absl::string_view serial) {
  MutexLock lock(mutex_);
  Statement statement(
      *database_, "SELECT serial, spiffe_id, key_sha256, origin, not_after, chain_pem FROM issued WHERE serial = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, serial).Step());
  if (!found) return std::optional<IssuedRow>();
  return std::optional<IssuedRow>(IssuedIn(statement));
}

absl::StatusOr<bool> AuthorityDb::Knows(absl::string_view serial) {
  MutexLock lock(mutex_);
  return Statement(*database_, "SELECT 1 FROM issued WHERE serial = ?1 OR origin = ?2")
      .BindText(1, serial)
      .BindBlob(2, serial)
      .Step();
}

// An origin that is no token is the serial number of a certificate that was issued elsewhere: whoever has its key could
// renew that once more.
absl::StatusOr<int64_t> AuthorityDb::RevokeWhere(absl::string_view condition, absl::string_view value, absl::Time now) {
  RETURN_IF_ERROR(
      Statement(*database_, absl::StrCat("INSERT OR IGNORE INTO revoked(serial, since, until) "
                                         "SELECT serial, ?1, not_after FROM issued WHERE ",
                                         condition, " UNION SELECT CAST(origin AS TEXT), ?1, NULL FROM issued WHERE ",
                                         condition, " AND origin NOT IN (SELECT sha256 FROM token)"))
          .BindTime(1, now)
          .BindBlob(2, value)
          .Run());
  return database_->changes();
}

absl::StatusOr<int64_t> AuthorityDb::RevokeNamed(absl::string_view serial, absl::Time now) {
  RETURN_IF_ERROR(Statement(*database_,
                            "INSERT OR IGNORE INTO revoked(serial, since, until) "
                            "VALUES(?1, ?2, (SELECT not_after FROM issued WHERE serial = ?1))")
                      .BindText(1, serial)
                      .BindTime(2, now)
                      .Run());
  const int64_t itself = database_->changes();
  ASSIGN_OR_RETURN(const int64_t renewed, RevokeWhere("origin = ?2", serial, now));
  ASSIGN_OR_RETURN(const int64_t others,
                   RevokeWhere("origin IN (SELECT origin FROM issued WHERE serial = CAST(?2 AS TEXT))", serial, now));
  return itself + renewed + others;
}

absl::StatusOr<int64_t> AuthorityDb::RevokeSerial(absl::string_view serial, absl::Time now) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(database_->Begin());
  absl::StatusOr<int64_t> revoked = RevokeNamed(serial, now);
  RETURN_IF_ERROR(database_->Finish(revoked.status()));
  return revoked;
}

absl::StatusOr<int64_t> AuthorityDb::RevokeKey(absl::string_view key_sha256, absl::Time now) {
  MutexLock lock(mutex_);
  return RevokeWhere("origin IN (SELECT origin FROM issued WHERE key_sha256 = ?2)", key_sha256, now);
}

absl::StatusOr<int64_t> AuthorityDb::RevokeOrigin(absl::string_view origin, absl::Time now) {
  MutexLock lock(mutex_);
  return RevokeWhere("origin = ?2", origin, now);
}

absl::StatusOr<std::optional<absl::Time>> AuthorityDb::RevokedSince(absl::string_view serial) {
  MutexLock lock(mutex_);
  Statement statement(*database_, "SELECT since FROM revoked WHERE serial = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, serial).Step());
  return found ? std::optional<absl::Time>(statement.Time(0)) : std::nullopt;
}

absl::StatusOr<std::optional<absl::Time>> AuthorityDb::KeyRevokedSince(absl::string_view key_sha256) {
  MutexLock lock(mutex_);
  Statement statement(*database_,
                      "SELECT MAX(since) FROM issued LEFT JOIN revoked USING(serial) WHERE key_sha256 = ?1 "
                      "GROUP BY key_sha256 HAVING COUNT(*) = COUNT(since)");
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, key_sha256).Step());
  return found ? std::optional<absl::Time>(statement.Time(0)) : std::nullopt;
}

absl::StatusOr<std::vector<RevokedRow>> AuthorityDb::Revoked(absl::Time now) {
  MutexLock lock(mutex_);
  Statement statement(*database_,
                      "SELECT serial, since FROM revoked WHERE until IS NULL OR until >= ?1 ORDER BY since, serial");
  statement.BindTime(1, now);
  return AllRows<RevokedRow>(statement, [](const Statement& row) { return RevokedRow{row.Bytes(0), row.Time(1)}; });
}

absl::StatusOr<uint64_t> AuthorityDb::NextListNumber() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(Statement(*database_, "INSERT INTO list_number DEFAULT VALUES").Run());
  ASSIGN_OR_RETURN(const int64_t number, database_->QueryInt("SELECT MAX(number) FROM list_number"));
  RETURN_IF_ERROR(Statement(*database_, "DELETE FROM list_number WHERE number < ?1").BindInt(1, number).Run());
  return static_cast<uint64_t>(number);
}

}  // namespace tamga::store
