// What a call or message about transit must hold before anything is done for it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/transit.pb.h"
#include "tamga/v1/transit_service.pb.h"

namespace tamga::transit {

// INVALID_FIELD naming the first field that is not in order.
absl::Status CheckSubmit(const v1::SubmitTransitRequest& request, const std::string& own_agency);
absl::Status CheckAct(const v1::ActOnTransitRequest& request);

// A partner's messages are checked like the own agency's calls. `requested_state`: the own one. INVALID_FIELD.
absl::Status CheckSubmission(const v1::TransitSubmission& submission, const std::string& requested_state);
absl::Status CheckPartnerStep(const v1::TransitStep& step);

// The person as applications for readmission describe one, for what is checked and asked about persons in the same way.
v1::ReadmissionApplication PersonOf(const v1::TransitApplication& application);

}  // namespace tamga::transit
