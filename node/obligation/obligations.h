// What exchanges obliged the own agency to: who may see it, and what officers record about it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "node/exchange/call.h"
#include "node/exchange/door.h"
#include "tamga/v1/obligation_service.pb.h"

namespace tamga::obligation {

// Thread-safe.
class Obligations {
 public:
  // `parts` outlives this.
  explicit Obligations(exchange::DoorParts& parts) : parts_(parts) {}

  // Auditors of another State see the holdings from their own State's agencies only. INVALID_FIELD for a filter, page
  // size or page token that is not in order.
  absl::StatusOr<v1::ListHoldingsResponse> List(const exchange::Call& call,
                                                const v1::ListHoldingsRequest& request) const;

  // Records that the caller has seen to an obligation, also when it is late. Errors: INVALID_FIELD; NotFound
  // (HOLDING_UNKNOWN) if the exchange left no such obligation here; FailedPrecondition: NOT_FOR_OFFICERS if the node
  // itself sees to it, NOT_OPEN if it was discharged or has ended, NOT_TOLD if `told_by_exchange` is no later exchange
  // with that partner, permitted and ended, in the own log.
  absl::StatusOr<v1::DischargeObligationResponse> Discharge(const exchange::Call& call,
                                                            const v1::DischargeObligationRequest& request);

 private:
  absl::StatusOr<v1::DischargeObligationResponse> DischargeOnce(const exchange::Call& call,
                                                                const v1::DischargeObligationRequest& request);
  // The one that the exchange left with the obligation, whichever side asked.
  absl::StatusOr<v1::Holding> Find(const v1::DischargeObligationRequest& request) const;
  absl::Status CheckTold(const v1::DischargeObligationRequest& request, const v1::Holding& holding) const;

  exchange::DoorParts& parts_;
};

}  // namespace tamga::obligation
