// What a node does as time passes: it forgets messages and idempotency keys that have expired, uses that no quota
// counts any more and approvals that have lapsed, erases what treaties let it keep no longer, and raises alarms.
#pragma once

#include <thread>

#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/exchange/approvals.h"
#include "node/exchange/holding_keeper.h"
#include "node/store/effects.h"

namespace tamga::node {

class Housekeeping {
 public:
  // All outlive this. Runs at once and then once a minute until destroyed.
  Housekeeping(store::EffectWriter& writer, const exchange::Approvals& approvals, exchange::HoldingKeeper& holdings,
               const Clock& clock);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void Loop();
  void Forget();
  void SeeToHoldings();
  bool IsStopping();

  store::EffectWriter& writer_;
  const exchange::Approvals& approvals_;
  exchange::HoldingKeeper& holdings_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::node
