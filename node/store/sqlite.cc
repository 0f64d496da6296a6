#include "node/store/sqlite.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "node/base/status_macros.h"
#include "node/store/sqlite_error.h"

namespace tamga::store {
namespace {

// How long a connection waits for another process that holds the file, such as a backup that copies it.
constexpr int kBusyTimeoutMs = 250;

// In steps of SQLite's own machine: less than a millisecond.
constexpr int kStepsBetweenQuestions = 10'000;

constexpr char kPragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA journal_size_limit = 1048576;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";

}  // namespace

Statement::Statement(Database& database, absl::string_view sql) : database_(&database), sql_(sql) {
  int code = SQLITE_OK;
  handle_ = database_->TakeStatement(sql_, &code);
  Keep(code);
}

Statement::~Statement() {
  if (handle_ != nullptr) database_->KeepStatement(sql_, std::move(handle_));
}

void Statement::Keep(int code) {
  if (code != SQLITE_OK && error_.ok()) error_ = database_->ErrorFor(code);
}

Statement& Statement::BindInt(int parameter, int64_t value) {
  if (error_.ok()) Keep(sqlite3_bind_int64(handle_.get(), parameter, value));
  return *this;
}

Statement& Statement::BindText(int parameter, absl::string_view value) {
  if (error_.ok()) {
    Keep(sqlite3_bind_text64(handle_.get(), parameter, value.empty() ? "" : value.data(), value.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  return *this;
}

Statement& Statement::BindBlob(int parameter, absl::string_view value) {
  // A null pointer would bind NULL instead of an empty blob.
  if (error_.ok()) {
    Keep(sqlite3_bind_blob64(handle_.get(), parameter, value.empty() ? "" : value.data(), value.size(),
                             SQLITE_TRANSIENT));
  }
  return *this;
}

Statement& Statement::BindTime(int parameter, absl::Time value) { return BindInt(parameter, absl::ToUnixNanos(value)); }

absl::StatusOr<bool> Statement::Step() {
  RETURN_IF_ERROR(error_);
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Keep(code);
  return error_;
}

absl::Status Statement::Run() {
  while (true) {
    ASSIGN_OR_RETURN(const bool more, Step());
    if (!more) return absl::OkStatus();
  }
}

bool Statement::IsNull(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

int Statement::Type(int column) const { return sqlite3_column_type(handle_.get(), column); }

int64_t Statement::Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }

absl::string_view Statement::View(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return data == nullptr ? absl::string_view() : absl::string_view(data, static_cast<size_t>(size));
}

absl::Time Statement::Time(int column) const { return absl::FromUnixNanos(Int(column)); }

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, Access access) {
  const int flags = access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  auto database = std::unique_ptr<Database>(new Database(path, Handle(opened)));  // even a failed open has a handle
  if (code != SQLITE_OK) return database->ErrorFor(code);
  RETURN_IF_ERROR(database->Configure(access));
  return database;
}

absl::Status Database::Configure(Access access) {
  sqlite3_extended_result_codes(handle_.get(), 1);
  sqlite3_busy_timeout(handle_.get(), kBusyTimeoutMs);
  if (access == Access::kReadOnly) {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return Execute("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
  }
  // SQLite gives the WAL and the shared-memory file the mode of the database file.
  if (::chmod(path_.c_str(), 0600) != 0) return absl::ErrnoToStatus(errno, "cannot set the mode of " + path_);
  return Execute(kPragmas);
}

absl::Status Database::ErrorFor(int code) const { return SqliteError(handle_.get(), code, path_); }

absl::Status Database::Begin() { return Statement(*this, "BEGIN IMMEDIATE").Run(); }

absl::Status Database::Finish(absl::Status status) {
  if (status.ok()) status = Statement(*this, "COMMIT").Run();
  // A rollback that fails leaves the transaction open, and the next Begin says so.
  if (!status.ok() && in_transaction()) static_cast<void>(Execute("ROLLBACK"));
  return status;
}

absl::Status Database::Execute(const std::string& script) {
  const int code = sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorFor(code);
}

absl::StatusOr<int64_t> Database::QueryInt(absl::string_view sql) {
  Statement statement(*this, sql);
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  return found ? statement.Int(0) : 0;
}

void Database::StopWhen(std::function<bool()> stop) {
  stop_ = std::move(stop);
  const auto ask = [](void* asked) { return (*static_cast<const std::function<bool()>*>(asked))() ? 1 : 0; };
  sqlite3_progress_handler(handle_.get(), stop_ ? kStepsBetweenQuestions : 0, ask, &stop_);
}

int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

StatementHandle Database::TakeStatement(const std::string& sql, int* code) {
  if (auto idle = idle_statements_.extract(sql); !idle.empty()) return std::move(idle.mapped());
  sqlite3_stmt* prepared = nullptr;
  *code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                             &prepared, nullptr);
  return StatementHandle(prepared);
}

void Database::KeepStatement(const std::string& sql, StatementHandle handle) {
  sqlite3_reset(handle.get());
  sqlite3_clear_bindings(handle.get());
  idle_statements_.try_emplace(sql, std::move(handle));
}

}  // namespace tamga::store
