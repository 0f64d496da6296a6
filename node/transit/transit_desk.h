// The desk's transit operations: applications and the steps after them, on whichever side the own agency stands.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/domain/call_keys.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/use_check.h"
#include "node/readmission/case_law.h"
#include "node/readmission/filed_steps.h"
#include "node/safeguard/safeguard_gate.h"
#include "node/store/records.h"
#include "node/transit/transit_store.h"
#include "tamga/v1/transit.pb.h"
#include "tamga/v1/transit_service.pb.h"

namespace tamga::transit {

// What the desk is made of. All references outlive it.
struct TransitParts {
  std::string own_agency;
  store::Records& records;
  const TransitStore& transits;
  const readmission::LawBook& laws;
  exchange::Asking& door;
  exchange::UseCheck& uses;
  const safeguard::SafeguardGate& safeguards;
  const Clock& clock;
  Rng& rng;
};

// Thread-safe. The first half is for the own agency's callers (transit_desk.cc); the second is for the door
// (transit_exchange.cc).
class TransitDesk final : public exchange::OperationHandler {
 public:
  explicit TransitDesk(TransitParts parts);

  // Applies to a partner. The case is SUBMITTED before the message leaves. A refusal, by an own treaty or by the
  // partner, is returned as error with its reason; where the message left, the case is then NOT_DELIVERED. A repeated
  // call (same idempotency key) returns the case that the first one made, or the error that its message came to.
  // INVALID_FIELD or IDEMPOTENCY_MISMATCH for calls that are not in order, SAFEGUARD_STANDS where something must stay
  // untold.
  absl::StatusOr<v1::SubmitTransitResponse> Submit(const exchange::Call& call, const v1::SubmitTransitRequest& request);

  // Takes a step: filed, and in the own view of the case, before its message leaves; behind the case's earlier messages
  // if the partner cannot be reached. Keys and refusals as with Submit: a refused step stays in the history without
  // effect. CASE_UNKNOWN, ILLEGAL_TRANSITION, SAFEGUARD_STANDS for a consent, and the errors of exchange::UseCheck,
  // since whoever acts is shown what the partner sent.
  absl::StatusOr<v1::ActOnTransitResponse> Act(const exchange::Call& call, const v1::ActOnTransitRequest& request);

  // A partner's case needs a context, and its treaty must allow the purpose: errors as of exchange::UseCheck. Without a
  // context an own case comes without codes and reasons of the partner's steps. CASE_UNKNOWN if there is no such case.
  absl::StatusOr<v1::GetTransitResponse> Get(const exchange::Call& call, const v1::GetTransitRequest& request) const;

  // Last changed first. INVALID_FIELD for a page size or token that is none.
  absl::StatusOr<v1::ListTransitsResponse> List(const v1::ListTransitsRequest& request) const;

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;
  // A step that failed is taken up again as it was, unless the case has gone on without it; NOT_RELEASABLE then.
  absl::StatusOr<store::Effects> HandleRelease(const exchange::Releasing& releasing) override;
  // A partner's case is deleted; of an own case codes and reasons of the partner's steps are erased.
  absl::StatusOr<store::Effects> HandleErasure(const exchange::Erasure& erasure) override;
  // Applications by the law of now, all that follows by the law at the case's receipt.
  absl::Time LawAsOf(const v1::MessageHeader& header, const std::string& body) const override;

 private:
  absl::StatusOr<v1::SubmitTransitResponse> SubmitOnce(const exchange::Call& call,
                                                       const v1::SubmitTransitRequest& request);
  absl::StatusOr<v1::SubmitTransitResponse> RepeatSubmission(const std::string& case_id) const;
  absl::StatusOr<v1::ActOnTransitResponse> ActOnce(const exchange::Call& call, const v1::ActOnTransitRequest& request);
  absl::StatusOr<v1::ActOnTransitResponse> RepeatStep(const TransitStore::Stored& stored,
                                                      const std::string& exchange_id) const;
  // Whether a protection officer keeps the person from being moved.
  absl::StatusOr<bool> SomethingStands(const v1::TransitApplication& application, const std::string& case_id) const;
  v1::ExchangeSummary SummaryOf(const v1::TransitFile& file, const v1::FiledTransitStep& step) const;

  absl::StatusOr<exchange::Answer> TakeSubmission(const exchange::Incoming& request);
  absl::StatusOr<exchange::Answer> TakeStep(const exchange::Incoming& request);
  // Whether the answer changes anything.
  absl::StatusOr<bool> SettleDelivered(const exchange::Settled& settled, const std::string& exchange_id,
                                       v1::TransitFile* file) const;
  // What an own message was about: its case, and the exchange that the case knows it by. That is another one than the
  // header's where the message was released anew.
  absl::StatusOr<readmission::KeptCall> CallOf(const v1::MessageHeader& header, const std::string& body) const;

  bool IsOwn(const v1::TransitFile& file) const { return file.requesting_agency() == parts_.own_agency; }
  absl::StatusOr<readmission::CaseLaw> LawOf(const v1::TransitFile& file) const;

  const TransitParts parts_;
  const domain::CallKeys keys_;
};

}  // namespace tamga::transit
