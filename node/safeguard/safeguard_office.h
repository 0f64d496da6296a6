// The protection officers' desk: safeguards are set by one of them and released by two.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/domain/call_keys.h"
#include "node/exchange/call.h"
#include "node/safeguard/case_holder.h"
#include "node/safeguard/safeguard_book.h"
#include "node/store/effects.h"
#include "node/store/records.h"
#include "tamga/v1/safeguard_service.pb.h"

namespace tamga::safeguard {

// An application that passed the gate before a safeguard was set may be filed so much later.
inline constexpr absl::Duration kLastLookAfter = absl::Minutes(10);

// Thread-safe.
class SafeguardOffice {
 public:
  // All references outlive this.
  struct Parts {
    SafeguardBook& book;
    CaseHolder& cases;
    store::Records& records;
    store::EffectWriter& writer;
    const Clock& clock;
    Rng& rng;
  };
  explicit SafeguardOffice(Parts parts) : parts_(parts), keys_("safeguard-key", parts.records) {}

  // Once it is set, the gate is shut; running cases of the person are put on hold before this returns or, where that
  // fails, by SeeToCases. A repeated call (same idempotency key) gives the safeguard that the first one set.
  // INVALID_FIELD, IDEMPOTENCY_MISMATCH; CASE_UNKNOWN for a case that this node does not hold.
  absl::StatusOr<v1::SetSafeguardResponse> Set(const exchange::Call& call, const v1::SetSafeguardRequest& request);

  // SAFEGUARD_UNKNOWN, as all that follow.
  absl::StatusOr<v1::GetSafeguardResponse> Get(const v1::GetSafeguardRequest& request) const;
  absl::StatusOr<v1::ListSafeguardsResponse> List(const v1::ListSafeguardsRequest& request) const;

  // FailedPrecondition (NOT_STANDING) if it is released. Asking again replaces who asked and why.
  absl::StatusOr<v1::AskReleaseResponse> AskRelease(const exchange::Call& call, const v1::AskReleaseRequest& request);

  // FailedPrecondition (RELEASE_NOT_ASKED) or (NOT_STANDING); PermissionDenied (SECOND_PERSON_REQUIRED) for those who
  // set it or asked.
  absl::StatusOr<v1::ReleaseSafeguardResponse> Release(const exchange::Call& call,
                                                       const v1::ReleaseSafeguardRequest& request);

  // Takes up what was not finished about running cases, until `deadline`: at start, and then again and again.
  absl::Status SeeToCases(absl::Time deadline);

 private:
  absl::StatusOr<v1::SetSafeguardResponse> SetOnce(const exchange::Call& call, const v1::SetSafeguardRequest& request);
  absl::StatusOr<v1::ReleaseSafeguardResponse> ReleaseOnce(const exchange::Call& call,
                                                           const v1::ReleaseSafeguardRequest& request);
  // With what own cases say of the person.
  absl::StatusOr<v1::ProtectedPerson> Completed(v1::ProtectedPerson person) const;
  // Notes that cases of the person are to be looked at, until `last_look_at` at least.
  absl::StatusOr<store::Effects> Note(const v1::Safeguard& safeguard, absl::Time last_look_at) const;
  // The cases found. What fails is noted already, and told in the log alone.
  std::vector<std::string> SeeToCasesOf(const v1::ProtectedPerson& person, absl::Time deadline);

  const Parts parts_;
  const domain::CallKeys keys_;
};

}  // namespace tamga::safeguard
