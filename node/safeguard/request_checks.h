// Whether what protection officers say is in order.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tamga/v1/safeguard_service.pb.h"

namespace tamga::safeguard {

// OK if every field is as its comment demands; INVALID_FIELD naming the field otherwise.
absl::Status CheckSet(const v1::SetSafeguardRequest& request);
absl::Status CheckAskRelease(const v1::AskReleaseRequest& request);
absl::Status CheckRelease(const v1::ReleaseSafeguardRequest& request);
// `safeguard_id` is one that a node could have given.
absl::Status CheckSafeguardId(const std::string& safeguard_id);

}  // namespace tamga::safeguard
