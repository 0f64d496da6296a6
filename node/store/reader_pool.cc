#include "node/store/reader_pool.h"

#include <utility>

namespace tamga::store {

ReaderPool::Lease::~Lease() {
  if (database_ != nullptr) pool_->Return(std::move(database_));
}

absl::StatusOr<ReaderPool::Lease> ReaderPool::Acquire() {
  std::unique_ptr<Database> database = TakeIdle();
  if (database != nullptr) return Lease(*this, std::move(database));
  absl::StatusOr<std::unique_ptr<Database>> opened = Database::Open(path_, Database::Access::kReadOnly);
  if (opened.ok()) return Lease(*this, *std::move(opened));
  MutexLock lock(mutex_);
  --open_;
  returned_.NotifyOne();
  return opened.status();
}

std::unique_ptr<Database> ReaderPool::TakeIdle() {
  MutexLock lock(mutex_);
  while (idle_.empty() && open_ == max_connections_) returned_.Wait(mutex_);
  if (idle_.empty()) {
    ++open_;
    return nullptr;
  }
  std::unique_ptr<Database> database = std::move(idle_.back());
  idle_.pop_back();
  return database;
}

void ReaderPool::Return(std::unique_ptr<Database> database) {
  database->StopWhen(nullptr);
  MutexLock lock(mutex_);
  idle_.push_back(std::move(database));
  returned_.NotifyOne();
}

}  // namespace tamga::store
