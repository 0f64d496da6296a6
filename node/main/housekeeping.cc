#include "node/main/housekeeping.h"

#include <chrono>
#include <utility>

#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/exchange/abandoned.h"
#include "node/store/transaction.h"

namespace tamga::node {
namespace {

constexpr std::chrono::minutes kInterval{1};
// For how long one key wraps data keys.
constexpr absl::Duration kAgencyKeyAge = absl::Hours(24 * 90);

}  // namespace

Housekeeping::Housekeeping(exchange::DoorParts& parts, const exchange::Approvals& approvals,
                           exchange::HoldingKeeper& holdings, const ClockWatch& watch)
    : parts_(parts),
      approvals_(approvals),
      holdings_(holdings),
      watch_(watch),
      thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { SeeToAll(); }) {}

void Housekeeping::SeeToAll() {
  if (const absl::Status clock = watch_.Check(); !clock.ok()) {
    Log(Severity::kWarning, "housekeeping waits", {{"reason", ReasonOf(clock)}});
    return;
  }
  Forget();
  SeeTo([this] { return holdings_.RunBatch(); });
  SeeTo([this] { return exchange::EraseAbandoned(parts_); });
  SeeTo([this] { return parts_.vault.keys().RotateAgencyKey(kAgencyKeyAge, parts_.clock.Now()); });
}

void Housekeeping::Forget() {
  store::Effects effects;
  effects.writes.push_back([now = parts_.clock.Now()](store::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.PruneInbox(now));
    return transaction.PruneQuotas(now);
  });
  absl::Status status = parts_.sequencer.Commit(std::move(effects));
  status.Update(approvals_.RemoveLapsed());
  if (!status.ok()) Log(Severity::kError, "housekeeping failed", {{"detail", std::string(status.message())}});
}

void Housekeeping::SeeTo(absl::FunctionRef<absl::StatusOr<bool>()> batch) {
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more && !thread_.IsStopping() && watch_.Check().ok()) more = batch();
  if (!more.ok()) Log(Severity::kError, "housekeeping failed", {{"detail", std::string(more.status().message())}});
}

}  // namespace tamga::node
