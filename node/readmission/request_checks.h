// What a call or message about readmission must hold before anything is done for it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// INVALID_FIELD naming the first field that is not in order.
absl::Status CheckSubmission(const v1::SubmitReadmissionRequest& request, const std::string& own_agency);
// The step's number, knowledge and time are the node's to say.
absl::Status CheckAct(const v1::ActOnReadmissionCaseRequest& request);
absl::Status CheckPrint(const v1::PrintReadmissionFormRequest& request);

// A partner's message is checked like the own agency's calls. `notice`: it came as plain notice. `sent_at` is when its
// sender sealed it, from which the times in it may not differ by more than clocks do. INVALID_FIELD.
absl::Status CheckSubmission(const v1::ReadmissionSubmission& submission, bool notice, absl::Time sent_at);

// OK if an application or notice may be worked under the treaty at all: it is about such a group of persons, and its
// evidence is of kinds that the treaty knows. INVALID_FIELD naming field, treaty and article otherwise.
absl::Status CheckTerms(const v1::Treaty& treaty, const v1::ReadmissionApplication& application);

}  // namespace tamga::readmission
