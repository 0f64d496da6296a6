// Requests that wait in the outbox, and those that came to nothing and are to be sent anew, are decided again before
// they leave.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "node/exchange/pinned_law.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/decision_record.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// A request that still may leave.
struct DecidedAgain {
  PinnedDecision taken;  // permits it
  policy::Question question;
};

// Decides by the law as it is at `now`, or as of `law_as_of` (pinned_law.h), whether the sealed request may still leave
// with all that `body` holds, by the facts on which it was decided when it was sealed. `barred`, unless it is
// unspecified, is what is known now of whether it may be passed on. PermissionDenied if not: the reason of the denial,
// or NARROWED if less may cross now than was sealed. DataLoss if it is not on record by what it was decided.
absl::StatusOr<DecidedAgain> DecideAgain(const treaty::TreatyLibrary& treaties, const v1::MessageHeader& header,
                                         const std::string& body,
                                         const google::protobuf::RepeatedPtrField<v1::DecisionRecord>& decisions,
                                         absl::Time now, absl::Time law_as_of,
                                         v1::Ternary barred = v1::TERNARY_UNSPECIFIED);

// The same without the decision.
absl::Status CheckMayStillLeave(const treaty::TreatyLibrary& treaties, const v1::MessageHeader& header,
                                const std::string& body,
                                const google::protobuf::RepeatedPtrField<v1::DecisionRecord>& decisions, absl::Time now,
                                absl::Time law_as_of = absl::InfiniteFuture());

}  // namespace tamga::exchange
