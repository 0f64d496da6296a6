// What exchanges obliged this node to, kept: booked with the entry of the exchange, and asked before each later use of
// what it brought.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/exchange/door.h"
#include "node/exchange/use_check.h"
#include "node/store/effects.h"
#include "node/store/rows.h"
#include "tamga/v1/obligation_service.pb.h"

namespace tamga::exchange {

// Books the holding with `entry`, which then says so: to be committed together.
store::Effects Book(const v1::Holding& holding, v1::LogEntry* entry);

// What the exchange left; without duties if it obliged to nothing. DataLoss (HOLDING_MISSING) if the log does not know
// the exchange, or says that it obliges to something and the holding is gone.
absl::StatusOr<v1::Holding> FindHolding(store::ExchangeDb& database, const store::Origin& origin);

// Whether what came by an exchange may go to another agency.
struct PassingOn {
  v1::Ternary barred = v1::TERNARY_UNSPECIFIED;  // fact ATTRIBUTE_ONWARD_BARRED; not known of what has no origin
  // Set if it may not: ONWARD_TRANSFER_BARRED, or USE_NOT_PERMITTED for a purpose that it must not serve. Not for the
  // other side to know.
  std::optional<policy::Decision> denial;
};

// Judges telling `to` for `purpose` what came by `origin`; what has none is the agency's own. Errors as FindHolding.
absl::StatusOr<PassingOn> JudgePassingOn(store::ExchangeDb& database, const std::optional<store::Origin>& origin,
                                         const std::string& to, v1::Purpose purpose);

class Uses final : public UseCheck {
 public:
  // `parts` outlives this.
  explicit Uses(DoorParts& parts) : parts_(parts) {}
  absl::Status CheckUse(const Call& call, const v1::CallContext& context, const store::Origin& origin) override;

 private:
  DoorParts& parts_;
};

}  // namespace tamga::exchange
