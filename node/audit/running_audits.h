// Whose audits are running: one costs a pass over the whole log.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "node/base/error.h"
#include "node/base/mutex.h"

namespace tamga::audit {

// At most so many at once, so that whoever may audit cannot keep the node from its work.
inline constexpr size_t kMostAudits = 3;

// Thread-safe.
class RunningAudits {
 public:
  // To be followed by End. ResourceExhausted (AUDIT_RUNNING) while the agency has one running or there are too many.
  absl::Status Begin(const std::string& agency) {
    MutexLock lock(mutex_);
    if (agencies_.count(agency) > 0) {
      return Error(absl::StatusCode::kResourceExhausted, "AUDIT_RUNNING",
                   "an audit of this log for your agency is running; wait for its verdict or end it, then ask again");
    }
    if (agencies_.size() >= kMostAudits) {
      return Error(absl::StatusCode::kResourceExhausted, "AUDIT_RUNNING",
                   "as many audits of this log are running as the node makes at once; ask again in a few minutes");
    }
    agencies_.insert(agency);
    return absl::OkStatus();
  }

  void End(const std::string& agency) {
    MutexLock lock(mutex_);
    agencies_.erase(agency);
  }

 private:
  Mutex mutex_;
  std::set<std::string> agencies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::audit
