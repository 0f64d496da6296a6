// The form of a step, whoever sends it: which particulars its kind needs, and that there are no others.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::readmission {

// A step as an officer or a system of the own agency gives it: number, seen, time and receipt must be absent, since
// the node sets them. INVALID_FIELD naming the first field that is not in order, without a prefix.
absl::Status CheckCallerStep(const v1::ReadmissionStep& step);

// A step as a partner's node sends it: number and time are there, too, and the receipt if the step is the requested
// side's. INVALID_FIELD.
absl::Status CheckPartnerStep(const v1::ReadmissionStep& step);

// An escort, wherever one is named; `path` is its place. INVALID_FIELD.
absl::Status CheckEscort(const std::string& path, const v1::Escort& escort);

}  // namespace tamga::readmission
