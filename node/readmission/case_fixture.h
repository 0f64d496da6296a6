// A treaty with round limits, and steps and files under it, for tests of readmission cases.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/case_fold.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

inline constexpr char kCaseId[] = "01970000-0000-7000-8000-000000000001";
inline constexpr char kRequestingAgency[] = "KAZ/interior-ministry";
inline constexpr char kRequestedAgency[] = "KGZ/interior-ministry";

// Monday, 2026-01-05, 00:00 UTC.
absl::Time CaseStart();

// Hours throughout: reply 10 (accelerated: 4, then normal), extended reply 20, travel document 6, transfer 12, error
// claim 5, closing 8. To apply: 180 days, accelerated 2. Knows all steps, each under article "4".
v1::Treaty MakeCaseTreaty();

// Keeps the treaty and empty calendars.
CaseLaw MakeCaseLaw(const v1::Treaty& treaty);

// A national with a passport that is valid until 2030, and an indication of nationality.
v1::ReadmissionApplication MakeCaseApplication();

// Parties, treaty and application; no step yet.
v1::ReadmissionFile MakeEmptyFile(v1::ReadmissionProcedure procedure);

// A step with particulars that are in order.
v1::ReadmissionStep MakeStep(v1::ReadmissionStepKind kind);

}  // namespace tamga::readmission
