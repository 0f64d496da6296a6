// Requests that wait in the outbox are decided again before they leave.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/decision_record.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// OK if the law as it is at `now` still lets the sealed request out, with all that `body` holds, by the facts on which
// it was decided when it was sealed. PermissionDenied otherwise: the reason of the denial, or NARROWED if less may
// cross now than was sealed.
absl::Status CheckMayStillLeave(const treaty::TreatyLibrary& treaties, const v1::MessageHeader& header,
                                const std::string& body,
                                const google::protobuf::RepeatedPtrField<v1::DecisionRecord>& decisions,
                                absl::Time now);

}  // namespace tamga::exchange
