// What the node does by itself about what exchanges obliged it to: it erases when the time is over, and raises an alarm
// when a duty was not seen to.
#pragma once

#include "absl/status/statusor.h"
#include "node/exchange/door.h"
#include "tamga/v1/obligation_service.pb.h"

namespace tamga::exchange {

class HoldingKeeper {
 public:
  // `parts` outlives this.
  explicit HoldingKeeper(DoorParts& parts) : parts_(parts) {}

  // Takes up what is due, at most 100 holdings, each in commits of its own; true if more may be due. A holding that
  // cannot be seen to is said so in the operator's log and taken up again after 10 minutes.
  absl::StatusOr<bool> RunBatch();

 private:
  absl::Status SeeTo(const store::Origin& origin);
  // Gives the holding as it is stored afterwards.
  absl::StatusOr<store::HoldingRow> RaiseAlarms(const store::HoldingRow& row);
  absl::Status Erase(const store::HoldingRow& row);
  absl::StatusOr<store::Effects> EraseWhatCame(const v1::Holding& holding, absl::Time now);

  DoorParts& parts_;
};

}  // namespace tamga::exchange
