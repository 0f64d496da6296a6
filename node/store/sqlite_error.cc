#include "node/store/sqlite_error.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::store {
namespace {

[[noreturn]] void StopAfterFailedSync(const std::string& path, int code) {
  Log(Severity::kError, "store.sync_failed", {{"file", path}, {"sqlite_code", int64_t{code}}});
  std::abort();
}

}  // namespace

absl::Status SqliteError(sqlite3* handle, int code, const std::string& path) {
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) StopAfterFailedSync(path, code);
  // SQLite's own message names tables and columns, never values.
  const std::string what = absl::StrCat(path, ": ", handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code),
                                        " (SQLite code ", code, ")");
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(absl::StatusCode::kUnavailable, "STORE_BUSY",
                   absl::StrCat(what, "; another program holds the file: let it end, then try again"));
    case SQLITE_FULL:
      return Error(absl::StatusCode::kResourceExhausted, "STORE_FULL",
                   absl::StrCat(what, "; free space on the disk, then try again"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return Error(absl::StatusCode::kFailedPrecondition, "STORE_READ_ONLY",
                   absl::StrCat(what, "; give the node's user write access to the file and its folder"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                   absl::StrCat(what, "; stop the node, keep a copy of the file, and restore the last good backup"));
    case SQLITE_IOERR:
      return Error(absl::StatusCode::kUnavailable, "STORE_IO",
                   absl::StrCat(what, "; the disk failed to read or write: look into the system's log"));
    case SQLITE_INTERRUPT:
      return absl::CancelledError("the caller is gone, or its time is up");
    case SQLITE_NOMEM:
      return Error(absl::StatusCode::kResourceExhausted, "STORE_MEMORY", what);
    default:
      return absl::InternalError(what);
  }
}

}  // namespace tamga::store
