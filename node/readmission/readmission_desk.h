// The readmission desk: applications, notices and the steps of cases, on whichever side of a case the own agency
// stands.
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
#include "node/readmission/case_store.h"
#include "node/readmission/filed_steps.h"
#include "node/safeguard/safeguard_gate.h"
#include "node/store/records.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// What the desk is made of. All references outlive it.
struct DeskParts {
  std::string own_agency;
  store::Records& records;
  store::EffectWriter& writer;
  const CaseStore& cases;
  const LawBook& laws;
  exchange::Asking& door;
  exchange::UseCheck& uses;
  const safeguard::SafeguardGate& safeguards;
  const Clock& clock;
  Rng& rng;
};

// Thread-safe. The first half is for the own agency's callers: submission.cc, own_step.cc and readmission_desk.cc. The
// second is for the door: readmission_exchange.cc takes what partners send, settlement.cc what came of own messages.
class ReadmissionDesk final : public exchange::OperationHandler {
 public:
  explicit ReadmissionDesk(DeskParts parts);

  // Applies to a partner, or gives it notice. The case is SUBMITTED before the message leaves and RECEIVED once its
  // receipt is proven. A refusal, by an own treaty or by the partner, is returned as error with its reason; where the
  // message left, the case is then NOT_DELIVERED. A repeated call (same idempotency key) returns the case that the
  // first one made, or the error that its message came to. INVALID_FIELD or IDEMPOTENCY_MISMATCH for calls that are not
  // in order, SAFEGUARD_STANDS where something must stay untold, and the errors of CheckStep.
  absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const exchange::Call& call,
                                                       const v1::SubmitReadmissionRequest& request);

  // Takes a step: filed, and in the own view of the case, before its message leaves; behind the case's earlier messages
  // if the partner cannot be reached. CLOSE is a step of the own side alone, which no message carries. Keys and
  // refusals as with Submit: a refused step stays in the case's history without effect. CASE_UNKNOWN, the errors of
  // CheckStep, and those of exchange::UseCheck, since whoever acts is shown what the partner sent.
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(const exchange::Call& call,
                                                       const v1::ActOnReadmissionCaseRequest& request);

  // A partner's case needs a context, and its treaty must allow the purpose: errors as of exchange::UseCheck. Without a
  // context an own case comes without what the partner said beside its steps' kinds and times. CASE_UNKNOWN if this
  // node holds no such case.
  absl::StatusOr<v1::GetReadmissionCaseResponse> Get(const exchange::Call& call,
                                                     const v1::GetReadmissionCaseRequest& request);

  // The treaty's form of the case, as whoever may see the case whole; errors of Get and of PrintForm.
  absl::StatusOr<v1::PrintReadmissionFormResponse> Print(const exchange::Call& call,
                                                         const v1::PrintReadmissionFormRequest& request);

  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;
  // A step that failed is taken up again as it was, unless the case has gone on without it, or is closed;
  // NOT_RELEASABLE then. SAFEGUARD_STANDS as if it were taken now.
  absl::StatusOr<store::Effects> HandleRelease(const exchange::Releasing& releasing) override;
  // An application or a notice that waits stays at home if something has come to stand against it: SAFEGUARD_STANDS.
  absl::Status CheckMayLeave(const v1::MessageHeader& header, const std::string& body) const override;
  // A partner's case is deleted; of an own case what the partner said is, but for its steps. A case is one file: what
  // it holds of a partner goes with the last exchange that brought some of it.
  absl::StatusOr<store::Effects> HandleErasure(const exchange::Erasure& erasure) override;
  // Submissions by the law of now, all that follows by the law at the case's receipt.
  absl::Time LawAsOf(const v1::MessageHeader& header, const std::string& body) const override;

 private:
  absl::StatusOr<v1::SubmitReadmissionResponse> SubmitOnce(const exchange::Call& call,
                                                           const v1::SubmitReadmissionRequest& request);
  absl::StatusOr<v1::SubmitReadmissionResponse> RepeatSubmission(const std::string& case_id) const;
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> ActOnce(const exchange::Call& call,
                                                           const v1::ActOnReadmissionCaseRequest& request);
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> RepeatStep(const CaseStore::Stored& stored,
                                                              const std::string& exchange_id) const;
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Close(const v1::ActOnReadmissionCaseRequest& request,
                                                         v1::ReadmissionFile file);
  // Whether the step moves a person for whom something stands.
  absl::StatusOr<bool> IsHeldUp(const v1::ReadmissionFile& file, const v1::ReadmissionStep& step) const;
  // Withholds a step that moves a person if something stands, and tells the policy what is known of transfers.
  absl::Status AskSafeguards(const v1::ReadmissionFile& file, const v1::ReadmissionStep& step,
                             exchange::Outgoing* question) const;

  absl::StatusOr<exchange::Answer> TakeSubmission(const exchange::Incoming& request);
  absl::StatusOr<exchange::Answer> TakeStep(const exchange::Incoming& request);
  absl::StatusOr<store::Effects> SettleOwn(const exchange::Settled& settled);
  // Whether the answer changes anything.
  absl::StatusOr<bool> SettleDelivered(const exchange::Settled& settled, const std::string& exchange_id,
                                       v1::ReadmissionFile* file) const;
  // What an own message was about: its case, and the exchange that the case knows it by. That is another one than the
  // header's where the message was released anew.
  absl::StatusOr<KeptCall> CallOf(const v1::MessageHeader& header, const std::string& body) const;

  bool IsOwn(const v1::ReadmissionFile& file) const { return file.requesting_agency() == parts_.own_agency; }
  absl::StatusOr<CaseLaw> LawOf(const v1::ReadmissionFile& file) const;
  // The case as the own agency sees it by now.
  absl::StatusOr<v1::ReadmissionCase> View(const v1::ReadmissionFile& file) const;

  const DeskParts parts_;
  const domain::CallKeys keys_;
};

}  // namespace tamga::readmission
