// Trafficking cases: kept for the own agency, handed over to others, asked for from others.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/domain/call_keys.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/use_check.h"
#include "node/store/records.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/trafficking_service.pb.h"

namespace tamga::trafficking {

// Kind of the records that hold cases.
inline constexpr char kCaseKind[] = "trafficking";

// Thread-safe. The first half is for the own agency's callers (trafficking.cc); the second is for the door
// (trafficking_exchange.cc).
class Trafficking final : public exchange::OperationHandler {
 public:
  // All references outlive this.
  Trafficking(std::string own_agency, store::Records& records, store::EffectWriter& writer, exchange::Asking& door,
              exchange::UseCheck& uses, const Clock& clock, Rng& rng);

  // A case without id is new and becomes the own agency's. A changed one must be the own agency's (NOT_OWNER) and hold
  // the version that was read (Aborted, VERSION_CONFLICT). Referrals and withheld fields are the node's own notes: what
  // the caller says of them is not kept. INVALID_FIELD for a case that is not in order, CASE_UNKNOWN.
  absl::StatusOr<v1::SaveTraffickingCaseResponse> Save(const v1::SaveTraffickingCaseRequest& request);

  // Refers or shares an own case. Whether the victim consented goes to the policy as a fact; the flag stays at home.
  // Once the partner has a REFERRED case, the partner owns it. A refusal is returned as error with its reason.
  // A repeated call (same idempotency key) hands over nothing again.
  absl::StatusOr<v1::HandOverTraffickingCaseResponse> HandOver(const exchange::Call& call,
                                                               const v1::HandOverTraffickingCaseRequest& request);

  // Asks a partner for one of its cases; nothing of it is stored here.
  absl::StatusOr<v1::RetrieveTraffickingCaseResponse> Retrieve(const exchange::Call& call,
                                                               const v1::RetrieveTraffickingCaseRequest& request);

  // A case that came from another agency needs a context, and its treaty must allow the purpose: errors as of
  // exchange::UseCheck. CASE_UNKNOWN if this node holds no such case.
  absl::StatusOr<v1::GetTraffickingCaseResponse> Get(const exchange::Call& call,
                                                     const v1::GetTraffickingCaseRequest& request);
  // Own cases without victim, support and comment; of others what it takes to find them.
  absl::StatusOr<v1::ListTraffickingCasesResponse> List(const v1::ListTraffickingCasesRequest& request);

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;
  // Cases are deleted: each handover replaces what an earlier one brought, so a case goes with the last.
  absl::StatusOr<store::Effects> HandleErasure(const exchange::Erasure& erasure) override;

 private:
  // A case as it is stored.
  struct Stored {
    v1::TraffickingCase record;
    std::optional<store::Origin> origin;
  };

  absl::StatusOr<v1::HandOverTraffickingCaseResponse> HandOverOnce(const exchange::Call& call,
                                                                   const v1::HandOverTraffickingCaseRequest& request);
  absl::StatusOr<exchange::Answer> TakeHandover(const exchange::Incoming& request);
  absl::StatusOr<exchange::Answer> Tell(const exchange::Incoming& request);

  absl::StatusOr<Stored> LoadStored(const std::string& case_id) const;
  absl::StatusOr<v1::TraffickingCase> Load(const std::string& case_id) const;
  // As LoadStored, if the own agency owns the case; NOT_OWNER otherwise.
  absl::StatusOr<Stored> LoadOwn(const std::string& case_id) const;
  // Stores the case as the successor of the version that it holds (0: a new one), and counts the version on. `origin`:
  // what it now holds came by that exchange.
  store::Effects Put(v1::TraffickingCase* record, const std::optional<store::Origin>& origin = std::nullopt) const;

  const std::string own_agency_;
  store::Records& records_;
  store::EffectWriter& writer_;
  exchange::Asking& door_;
  exchange::UseCheck& uses_;
  const Clock& clock_;
  Rng& rng_;
  const domain::CallKeys keys_;
};

}  // namespace tamga::trafficking
