// One process a folder: two nodes that signed one log would contradict each other.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace tamga::store {

// Holds an advisory lock (flock) on the file "lock" in a folder until destroyed; the kernel drops it with the process.
class FolderLock {
 public:
  // FailedPrecondition (reason ALREADY_RUNNING) if another holder exists.
  static absl::StatusOr<FolderLock> Acquire(const std::string& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tamga::store
