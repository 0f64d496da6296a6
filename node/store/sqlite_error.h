// What an SQLite result code means to a node.
#pragma once

#include <sqlite3.h>

#include <string>

#include "absl/status/status.h"

namespace tamga::store {

// The status for the failed call whose (extended) result code is `code`; it names the file and what to do. Does not
// return after a failed fsync: logs and aborts the process.
absl::Status SqliteError(sqlite3* handle, int code, const std::string& path);

}  // namespace tamga::store
