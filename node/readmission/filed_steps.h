// Own steps in a case's file, found by the exchange that carried them, and how the keys of calls name them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// The own step that the exchange (UUIDv7 in text form) carried, the first one included. Null if there is none.
const v1::FiledStep* FindOwnStep(const v1::ReadmissionFile& file, absl::string_view own_agency,
                                 absl::string_view exchange_id);
v1::FiledStep* FindOwnStep(v1::ReadmissionFile* file, absl::string_view own_agency, absl::string_view exchange_id);

// What is remembered under a call's key: the case, and the exchange that carried the step ("" for what none carried).
struct KeptCall {
  std::string case_id;
  std::string exchange_id;
};
std::string ToText(const KeptCall& call);
KeptCall ReadKeptCall(absl::string_view text);

// Keeps what the own callers are told of a failed step, beside its reason code.
void KeepFailure(const absl::Status& status, v1::FiledStep* step);
// The error that the step's exchange came to; OK if it did not fail.
absl::Status FailureOf(const v1::FiledStep& step);

// The failed step is to be sent after all: it counts again, as one that waits. False if it has not failed, or another
// step has come to stand in its place.
bool Reopen(absl::string_view own_agency, absl::string_view exchange_id, v1::ReadmissionFile* file);

// What the exchange that carried an own step left behind, as far as the file tells.
v1::ExchangeSummary SummaryOf(const v1::ReadmissionFile& file, absl::string_view own_agency, const v1::FiledStep& step);

}  // namespace tamga::readmission
