// The readmission desk: applications and answers, on whichever side of a case the own agency stands.
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
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// Kind of the records that hold cases.
inline constexpr char kCaseKind[] = "readmission";

// Thread-safe. The first half is for the own agency's callers (readmission_desk.cc); the second is for the door
// (readmission_exchange.cc).
class ReadmissionDesk final : public exchange::OperationHandler {
 public:
  // All references outlive the desk.
  ReadmissionDesk(std::string own_agency, store::Records& records, exchange::Asking& door, exchange::UseCheck& uses,
                  const Clock& clock, Rng& rng);

  // Applies to a partner. The case is SUBMITTED before the application leaves and RECEIVED once its receipt is proven.
  // A refusal, by an own treaty or by the partner, is returned as error with its reason; the case is then
  // NOT_DELIVERED. A repeated call (same idempotency key) returns the case that the first one made. INVALID_FIELD or
  // IDEMPOTENCY_MISMATCH for calls that are not in order.
  absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const exchange::Call& call,
                                                       const v1::SubmitReadmissionRequest& request);

  // Answers an application; the case changes when the partner has got the answer. CASE_UNKNOWN, NOT_YOUR_CASE (the own
  // agency is not the requested one) or ILLEGAL_TRANSITION (the case is not RECEIVED) otherwise.
  absl::StatusOr<v1::ReplyToReadmissionResponse> Reply(const exchange::Call& call,
                                                       const v1::ReplyToReadmissionRequest& request);

  // A partner's case needs a context, and its treaty must allow the purpose: errors as of exchange::UseCheck. Without a
  // context an own case comes without what the partner's answer says beside its outcome. CASE_UNKNOWN if this node
  // holds no such case.
  absl::StatusOr<v1::GetReadmissionCaseResponse> Get(const exchange::Call& call,
                                                     const v1::GetReadmissionCaseRequest& request);
  // Cases without what they say of the person.
  absl::StatusOr<v1::ListReadmissionCasesResponse> List(const v1::ListReadmissionCasesRequest& request);

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;
  // A partner's case is deleted; of an own case the partner's answer is, but for its outcome.
  absl::StatusOr<store::Effects> HandleErasure(const exchange::Erasure& erasure) override;

 private:
  // A case as it is stored.
  struct Stored {
    v1::ReadmissionCase record;
    std::optional<store::Origin> origin;
  };

  absl::StatusOr<v1::SubmitReadmissionResponse> SubmitOnce(const exchange::Call& call,
                                                           const v1::SubmitReadmissionRequest& request);
  absl::StatusOr<v1::ReplyToReadmissionResponse> ReplyOnce(const exchange::Call& call,
                                                           const v1::ReplyToReadmissionRequest& request);
  // OK if the own agency may answer the case now, under the treaty that `context` names.
  absl::Status CheckMayReply(const v1::ReadmissionCase& record, const v1::CallContext& context) const;
  absl::StatusOr<exchange::Answer> TakeSubmission(const exchange::Incoming& request);
  absl::StatusOr<exchange::Answer> TakeDecision(const exchange::Incoming& request);
  absl::StatusOr<store::Effects> SettleSubmission(const exchange::Settled& settled);
  absl::StatusOr<store::Effects> SettleDecision(const exchange::Settled& settled);

  // The case that `request` makes, not yet stored.
  v1::ReadmissionCase NewCase(const v1::SubmitReadmissionRequest& request) const;
  // The case that an own submission was about.
  absl::StatusOr<std::string> SubmittedCaseId(const exchange::Settled& settled) const;
  absl::StatusOr<Stored> LoadStored(const std::string& case_id) const;
  absl::StatusOr<v1::ReadmissionCase> Load(const std::string& case_id) const;
  // Stores the case as the successor of the version that it was loaded as (0: a new one). `origin`: what it now holds
  // of the partner came by that exchange.
  store::Effects Save(v1::ReadmissionCase changed, const std::optional<store::Origin>& origin = std::nullopt) const;

  const std::string own_agency_;
  store::Records& records_;
  exchange::Asking& door_;
  exchange::UseCheck& uses_;
  const Clock& clock_;
  Rng& rng_;
  const domain::CallKeys keys_;
};

}  // namespace tamga::readmission
