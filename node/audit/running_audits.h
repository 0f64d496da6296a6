// Whose audits are running: one costs a pass over the whole log.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "node/base/error.h"
#include "node/base/mutex.h"
#include "node/base/text.h"

namespace tamga::audit {

// At most so many at once, so that whoever may audit cannot keep the node from its work, and of other States', so that
// the own State's auditors find a place.
inline constexpr size_t kMostAudits = 3;
inline constexpr size_t kMostForeignAudits = kMostAudits - 1;

// Thread-safe.
class RunningAudits {
 public:
  // `own_state` is such as "KAZ".
  explicit RunningAudits(std::string own_state) : own_state_(std::move(own_state)) {}

  // To be followed by End. ResourceExhausted (AUDIT_RUNNING) while the agency has one running or there are too many.
  absl::Status Begin(const std::string& agency) {
    MutexLock lock(mutex_);
    if (agencies_.count(agency) > 0) {
      return Error(absl::StatusCode::kResourceExhausted, "AUDIT_RUNNING",
                   "an audit of this log for your agency is running; wait for its verdict or end it, then ask again");
    }
    const auto is_foreign = [this](const std::string& one) { return StateOf(one) != own_state_; };
    const auto foreign = static_cast<size_t>(std::count_if(agencies_.begin(), agencies_.end(), is_foreign));
    if (agencies_.size() >= kMostAudits || (is_foreign(agency) && foreign >= kMostForeignAudits)) {
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
  const std::string own_state_;
  Mutex mutex_;
  std::set<std::string> agencies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::audit
