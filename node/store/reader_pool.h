// Reading connections to one database file, shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/mutex.h"
#include "node/store/sqlite.h"

namespace tamga::store {

inline constexpr size_t kMaxReaders = 8;
inline constexpr size_t kMaxAuditReaders = 6;

// Opens connections as they are needed, at most `max_connections`; then callers wait for one. Thread-safe. A thread
// that holds a lease must not ask for a second one.
class ReaderPool {
 public:
  // A connection on loan. Must not outlive the pool.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Database& operator*() const { return *database_; }

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, std::unique_ptr<Database> database) : pool_(&pool), database_(std::move(database)) {}
    ReaderPool* pool_;
    std::unique_ptr<Database> database_;
  };

  explicit ReaderPool(std::string path, size_t max_connections = kMaxReaders)
      : path_(std::move(path)), max_connections_(max_connections) {}

  absl::StatusOr<Lease> Acquire();

 private:
  void Return(std::unique_ptr<Database> database);
  // An idle connection, or null if the caller is to open a new one.
  std::unique_ptr<Database> TakeIdle();

  const std::string path_;
  const size_t max_connections_;
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<Database>> idle_ ABSL_GUARDED_BY(mutex_);
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tamga::store
