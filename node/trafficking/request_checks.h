// What a call or message about trafficking cases must hold before anything is done for it.
#pragma once

#include "absl/status/status.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/trafficking_service.pb.h"

namespace tamga::trafficking {

// INVALID_FIELD naming the first field that is not in order; fields of the standard under their HTCDS names.
absl::Status CheckCase(const v1::TraffickingCase& record);
absl::Status CheckHandOver(const v1::HandOverTraffickingCaseRequest& request);
absl::Status CheckRetrieve(const v1::RetrieveTraffickingCaseRequest& request);

// A partner's case may lack fields that were withheld, but what it holds must be in order. INVALID_FIELD.
absl::Status CheckReceivedCase(const v1::TraffickingCase& record);

}  // namespace tamga::trafficking
