// What a node does as time passes: it forgets messages and idempotency keys that have expired, uses that no quota
// counts any more and approvals that have lapsed, erases what treaties let it keep no longer or never let it keep,
// raises alarms, and replaces the key that wraps data keys.
#pragma once

#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/base/mutex.h"
#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/holding_keeper.h"

namespace tamga::node {

class Housekeeping {
 public:
  // All outlive this. Runs at once and then once a minute until destroyed.
  Housekeeping(exchange::DoorParts& parts, const exchange::Approvals& approvals, exchange::HoldingKeeper& holdings);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void Loop();
  void Forget();
  // Does batches until there is no more.
  void SeeTo(absl::FunctionRef<absl::StatusOr<bool>()> batch);
  bool IsStopping();

  exchange::DoorParts& parts_;
  const exchange::Approvals& approvals_;
  exchange::HoldingKeeper& holdings_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::node
