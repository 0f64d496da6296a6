// SQLite as values: a Database closes itself, a Statement goes back to its database's cache. All SQL of a node stands
// in this folder.
//
// Errors are absl::Status: Unavailable for a locked file, ResourceExhausted for a full disk, FailedPrecondition for a
// read-only file, DataLoss for a damaged one. A failed fsync ends the process: afterwards the page cache may claim what
// the disk does not hold, so neither a retry nor a rollback can be trusted; the next start recovers from the file.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/status_macros.h"

namespace tamga::store {

template <auto kFree>
struct SqliteDeleter {
  void operator()(auto* handle) const { kFree(handle); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, SqliteDeleter<sqlite3_finalize>>;

class Database;

// One execution of a statement. Parameters are numbered from 1 and columns from 0, as in SQLite. Errors of preparing
// and binding are kept and come out of Step or Run. Must not outlive its database.
class Statement {
 public:
  Statement(Database& database, absl::string_view sql);
  ~Statement();
  Statement(Statement&&) noexcept = default;
  Statement& operator=(Statement&&) = delete;

  Statement& BindInt(int parameter, int64_t value);
  Statement& BindText(int parameter, absl::string_view value);
  Statement& BindBlob(int parameter, absl::string_view value);
  // Nanoseconds since 1970, UTC.
  Statement& BindTime(int parameter, absl::Time value);

  // True if there is a row to read, false at the end.
  absl::StatusOr<bool> Step();
  // Steps to the end.
  absl::Status Run();

  // The row that Step found.
  bool IsNull(int column) const;
  int64_t Int(int column) const;
  // SQLITE_INTEGER and so on.
  int Type(int column) const;
  std::string Bytes(int column) const { return std::string(View(column)); }
  // Valid until the next Step.
  absl::string_view View(int column) const;
  absl::Time Time(int column) const;

 private:
  void Keep(int code);

  Database* database_;
  std::string sql_;
  StatementHandle handle_;
  absl::Status error_;
};

// All rows that are left, each made by `row_of(statement)`, which gives a Row or an absl::StatusOr<Row>.
template <typename Row, typename RowOf>
absl::StatusOr<std::vector<Row>> AllRows(Statement& statement, RowOf row_of) {
  std::vector<Row> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return rows;
    absl::StatusOr<Row> row = row_of(std::as_const(statement));
    RETURN_IF_ERROR(row.status());
    rows.push_back(*std::move(row));
  }
}

// A connection. Not thread-safe.
class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Opens `path`, made if missing and kReadWrite allows, mode 0600. Sets WAL, synchronous=FULL and secure_delete.
  // Reading connections never checkpoint the WAL: SQLite before 3.51.3 may lose commits when a second connection does.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, Access access);

  // Begins a transaction that writes. Unavailable if another connection has one.
  absl::Status Begin();
  // Commits what was begun if `status` is OK, and undoes it if it is not or the commit fails: the first error.
  absl::Status Finish(absl::Status status);
  // Runs statements that take no parameters.
  absl::Status Execute(const std::string& script);
  // As Statement(*this, sql).Step(), then the first column.
  absl::StatusOr<int64_t> QueryInt(absl::string_view sql);
  // From now on a statement that runs long asks `stop` now and then, and fails with Cancelled if it says so; nullptr
  // takes it away.
  void StopWhen(std::function<bool()> stop);
  // Rows changed by the last INSERT, UPDATE or DELETE.
  int64_t changes() const;
  // False as well after an error upon which SQLite undid the transaction by itself.
  bool in_transaction() const;

 private:
  friend class Statement;
  using Handle = std::unique_ptr<sqlite3, SqliteDeleter<sqlite3_close_v2>>;

  Database(std::string path, Handle handle) : path_(std::move(path)), handle_(std::move(handle)) {}
  absl::Status Configure(Access access);
  absl::Status ErrorFor(int code) const;
  StatementHandle TakeStatement(const std::string& sql, int* code);
  void KeepStatement(const std::string& sql, StatementHandle handle);

  std::string path_;
  std::function<bool()> stop_;
  Handle handle_;
  std::map<std::string, StatementHandle> idle_statements_;  // by SQL; as many as this folder has statements
};

}  // namespace tamga::store
