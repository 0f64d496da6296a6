// Spreading treaty texts and acts of States: what the own treaty office publishes goes to all partners, what partners
// publish is taken over, and what was missed is fetched. Nobody passes on what it was sent: every publisher sends to
// all its own partners, and fetching heals the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/worker_pool.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/treaty_keeper.h"
#include "tamga/v1/treaty_service.pb.h"

namespace tamga::treaty_office {

// All references outlive the office, but for `partner_calls`, which ends first.
struct TreatyOfficeParts {
  std::string own_agency;
  std::vector<std::string> partners;
  certs::Principal node;  // who asks when nobody told the node to
  exchange::TreatyKeeper& keeper;
  exchange::Asking& door;
  const Clock& clock;
  WorkerPool& partner_calls;  // another pool than the one that calls the office
  absl::Duration partner_timeout;
  // Called with a partner that knows what this node lacks. Must not block.
  std::function<void(const std::string& partner)> is_behind;
};

// What fetching brought.
struct Fetched {
  v1::TreatyDelivery delivery;
  uint32_t taken_over = 0;
};

// Thread-safe.
class TreatyOffice final : public exchange::OperationHandler {
 public:
  explicit TreatyOffice(TreatyOfficeParts parts) : parts_(std::move(parts)) {}

  // Takes the bundle over and sends it, as it is, to all partners with which a treaty allows it. A partner that cannot
  // be reached gets it later. INVALID_FIELD for a context or bundle that is not in order; errors of TreatyKeeper::Take,
  // and then nothing was sent.
  absl::StatusOr<v1::PublishTreatiesResponse> Publish(const exchange::Call& call,
                                                      const v1::PublishTreatiesRequest& request);
  // NotFound (UNKNOWN_PARTNER) if no such partner is configured; what partners refuse is in the response.
  absl::StatusOr<v1::FetchTreatiesResponse> Fetch(const exchange::Call& call, const v1::FetchTreatiesRequest& request);
  absl::StatusOr<v1::GetTreatyBundleResponse> Get(const v1::GetTreatyBundleRequest& request) const;

  // Fetches in the node's own name, unless the own law does not allow it.
  void FetchForNode(const std::string& partner);
  const std::vector<std::string>& partners() const { return parts_.partners; }

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;

 private:
  exchange::Outgoing QuestionTo(const std::string& partner, const certs::Principal& caller,
                                const v1::CallContext& context, v1::Operation operation, absl::Time deadline) const;
  std::vector<v1::TreatyDelivery> SendToPartners(const exchange::Call& call, const v1::PublishTreatiesRequest& request);
  // Takes over what a partner published, once the door lets us say that we did.
  absl::Status TakePublished(const v1::TreatyBundle& bundle, const exchange::BroughtBy& by,
                             v1::TreatyPublished* published);
  // Asks until nothing new comes.
  Fetched FetchFrom(const std::string& partner, const certs::Principal& caller, const v1::CallContext& context,
                    absl::Time deadline);
  // One question, and what it brought. False if asking again is of no use.
  bool FetchOnce(const exchange::Outgoing& question, Fetched* fetched);

  const TreatyOfficeParts parts_;
};

}  // namespace tamga::treaty_office
