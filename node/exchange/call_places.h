// How many calls of which agency may be under way at once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "node/base/mutex.h"

namespace tamga::exchange {

struct PlaceLimits {
  size_t of_own_agency = 8;      // of one agency of the own State
  size_t of_foreign_agency = 2;  // of one agency of another State
  size_t of_all_foreign = 3;     // of all agencies of other States
};

// Keeps a few callers from taking all workers away from the others, and other States from taking them away from the
// own. Thread-safe.
class CallPlaces {
 public:
  // `own_state` is such as "KAZ".
  CallPlaces(std::string own_state, PlaceLimits limits) : own_state_(std::move(own_state)), limits_(limits) {}

  // Given back with its last copy, which must not outlive the places.
  using Place = std::shared_ptr<void>;

  // ResourceExhausted (TOO_MANY_CALLS) for one more than there may be.
  absl::StatusOr<Place> Take(const std::string& agency);

 private:
  void GiveBack(const std::string& agency);
  bool IsForeign(const std::string& agency) const;

  const std::string own_state_;
  const PlaceLimits limits_;
  Mutex mutex_;
  std::map<std::string, size_t> taken_ ABSL_GUARDED_BY(mutex_);  // by agency
  size_t foreign_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tamga::exchange
