// What a node does as time passes: it forgets messages and idempotency keys that have expired, uses that no quota
// counts any more and approvals that have lapsed, erases what treaties let it keep no longer or never let it keep,
// raises alarms, and replaces the key that wraps data keys.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/base/clock_watch.h"
#include "node/base/repeating_thread.h"
#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/holding_keeper.h"

namespace tamga::node {

class Housekeeping {
 public:
  // All outlive this. Runs at once and then once a minute until destroyed; what is due by a clock that has jumped
  // waits.
  Housekeeping(exchange::DoorParts& parts, const exchange::Approvals& approvals, exchange::HoldingKeeper& holdings,
               const ClockWatch& watch);

 private:
  void SeeToAll();
  void Forget();
  // Does batches until there is no more.
  void SeeTo(absl::FunctionRef<absl::StatusOr<bool>()> batch);

  exchange::DoorParts& parts_;
  const exchange::Approvals& approvals_;
  exchange::HoldingKeeper& holdings_;
  const ClockWatch& watch_;
  RepeatingThread thread_;
};

}  // namespace tamga::node
