// What programs and tests need that take cases through their life at real nodes: applications and steps in order in
// every field, and what both sides must hold alike.
#pragma once

#include <string>
#include <vector>

#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::testing {

v1::CallContext CaseContext();

// An application to `to` for an invented person, with nothing in the way, that fits READMISSION-KAZ-KGZ. By `number`
// the person has a file number of his own, and a valid passport or no more than an indication, so that an interview is
// possible; some are found at the border.
v1::SubmitReadmissionRequest MakeSubmission(const std::string& to, int number);

// A step of this kind as an officer would take it who sees the case so: what it repeats or moves is taken from there.
v1::ReadmissionStep MakeStep(v1::ReadmissionStepKind kind, const v1::ReadmissionCase& seen);
v1::ActOnReadmissionCaseRequest MakeAct(v1::ReadmissionStepKind kind, const v1::ReadmissionCase& seen);

// Where two sides' views of one case differ, beside what each knows for itself (how far its messages have got, where
// its log has them, when it noticed what the clock did), one sentence for each difference; also if either side saw the
// other diverge. Never what is said about the person.
std::vector<std::string> DifferencesBetween(const v1::ReadmissionCase& here, const v1::ReadmissionCase& there);

}  // namespace tamga::testing
