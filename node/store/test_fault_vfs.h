// Disk faults under SQLite. For tests only.
#pragma once

#include <sqlite3.h>

#include <atomic>

namespace tamga::store {

// While it lives, databases are opened through it: writes of database and WAL return `write_result`, and syncs
// `sync_result`, unless these are SQLITE_OK. One at a time; databases opened meanwhile must be closed before it ends.
class FaultVfs {
 public:
  FaultVfs() {
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;
    vfs_.zName = "tamga-fault";
    vfs_.xOpen = Open;
    write_result = SQLITE_OK;
    sync_result = SQLITE_OK;
    sqlite3_vfs_register(&vfs_, /*makeDflt=*/1);
  }
  ~FaultVfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, /*makeDflt=*/1);
  }
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  inline static std::atomic<int> write_result{SQLITE_OK};
  inline static std::atomic<int> sync_result{SQLITE_OK};

 private:
  // Opens a file of the real system and replaces two of its methods.
  static int Open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    const int code = real_->xOpen(real_, name, file, flags, out_flags);
    if (code != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return code;
    real_methods_ = file->pMethods;
    // The two kinds of file differ in their other methods (locks and shared memory).
    sqlite3_io_methods& methods = (flags & SQLITE_OPEN_WAL) != 0 ? wal_methods_ : database_methods_;
    methods = *real_methods_;
    methods.xWrite = [](sqlite3_file* f, const void* data, int size, sqlite3_int64 at) {
      const int result = write_result;
      return result != SQLITE_OK ? result : real_methods_->xWrite(f, data, size, at);
    };
    methods.xSync = [](sqlite3_file* f, int sync_flags) {
      const int result = sync_result;
      return result != SQLITE_OK ? result : real_methods_->xSync(f, sync_flags);
    };
    file->pMethods = &methods;
    return code;
  }

  inline static sqlite3_vfs* real_ = nullptr;
  inline static const sqlite3_io_methods* real_methods_ = nullptr;
  inline static sqlite3_io_methods database_methods_ = {};
  inline static sqlite3_io_methods wal_methods_ = {};
  sqlite3_vfs vfs_ = {};
};

}  // namespace tamga::store
