// What a treaty's terms and the application itself demand of a step, beside what the state of the case allows.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/readmission/case_machine.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// OK if the treaty knows the step, and the papers, evidence and places that it needs are in order at `at`; `machine`
// stands where the step is to be taken, `row` is the step's there. TREATY_STEP, LATE, NO_PROOF or INVALID_FIELD, as
// CheckStep of case_fold.h says.
absl::Status CheckGuards(const v1::ReadmissionFile& file, const CaseMachine& machine, const CaseRow& row,
                         const v1::ReadmissionStep& step, absl::Time at);

// TREATY_STEP if the treaty does not know the step.
absl::Status CheckTreatyKnows(const CaseMachine& machine, v1::ReadmissionStepKind kind);

// Whether the application has the papers or evidence that the row wants.
bool HasProof(const CaseMachine& machine, const CaseRow& row, absl::Time at);

}  // namespace tamga::readmission
