// Own steps in a case's file, found by the exchange that carried them, and how the keys of calls name them.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/error.h"
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

// Keeps what the own callers are told of a failed step, beside its reason code. `Filed` is v1::FiledStep, or another
// message that files steps in the same way.
template <typename Filed>
void KeepFailure(const absl::Status& status, Filed* step) {
  step->set_failure_code(static_cast<uint32_t>(status.code()));
  step->set_failure_text(std::string(status.message()));
}
// The error that the step's exchange came to; OK if it did not fail.
template <typename Filed>
absl::Status FailureOf(const Filed& step) {
  if (!step.failed()) return absl::OkStatus();
  if (step.failure_code() != 0) {
    return Error(static_cast<absl::StatusCode>(step.failure_code()), step.failure(), step.failure_text());
  }
  return Error(absl::StatusCode::kFailedPrecondition, step.failure(),
               "the step fell with an earlier one of this case, which the partner did not take; take it again");
}

// The failed step is to be sent after all: it counts again, as one that waits. False if it has not failed, or another
// step has come to stand in its place.
bool Reopen(absl::string_view own_agency, absl::string_view exchange_id, v1::ReadmissionFile* file);

// What the exchange that carried an own step left behind, as far as the file tells.
v1::ExchangeSummary SummaryOf(const v1::ReadmissionFile& file, absl::string_view own_agency, const v1::FiledStep& step);

}  // namespace tamga::readmission
