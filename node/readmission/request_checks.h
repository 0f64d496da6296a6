// What a call or message about readmission must hold before anything is done for it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// INVALID_FIELD naming the first field that is not in order.
absl::Status CheckSubmission(const v1::SubmitReadmissionRequest& request, const std::string& own_agency);
absl::Status CheckAct(const v1::ActOnReadmissionCaseRequest& request);
absl::Status CheckPrint(const v1::PrintReadmissionFormRequest& request);

// Who calls and why; the purpose must be readmission. INVALID_FIELD, and the errors of exchange::CheckContext.
absl::Status CheckReadmissionContext(const v1::CallContext& context);
// What was checked before sending; null if the call leaves it out. INVALID_FIELD.
absl::Status CheckSafeguards(const v1::ReadmissionSafeguards* safeguards);
// What a partner vouches for with an application. INVALID_FIELD.
absl::Status CheckChecksDone(const v1::ChecksDone& checks);

// A partner's message is checked like the own agency's calls. `notice`: it came as plain notice.
// INVALID_FIELD.
absl::Status CheckSubmission(const v1::ReadmissionSubmission& submission, bool notice);

}  // namespace tamga::readmission
