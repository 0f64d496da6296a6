// What a node forgets as time passes: messages and idempotency keys that have expired, uses
// that no quota counts any more, and approvals that have lapsed.
#pragma once

#include <thread>

#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/exchange/approvals.h"
#include "node/store/effects.h"

namespace tamga::node {

class Housekeeping {
 public:
  // All outlive this. Runs once a minute until destroyed.
  Housekeeping(store::EffectWriter& writer, const exchange::Approvals& approvals, const Clock& clock);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void Loop();

  store::EffectWriter& writer_;
  const exchange::Approvals& approvals_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::node
