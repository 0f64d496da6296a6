// What the desks must ask before anything moves a person: whether a protection officer has set a safeguard for that
// person. A desk learns that something stands, and never shows what.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::safeguard {

// Thread-safe.
class SafeguardGate {
 public:
  virtual ~SafeguardGate() = default;

  // What stands for the person of `application`, found by its documents, names and date of birth, and for the case
  // `case_id` (empty: it has none yet): YES for each ground that stands, the others unspecified. An error if it cannot
  // be found out: then nothing may leave either.
  virtual absl::StatusOr<v1::ReadmissionSafeguards> Standing(const v1::ReadmissionApplication& application,
                                                             const std::string& case_id) const = 0;
};

// What the caller says together with what stands: YES of either wins.
v1::ReadmissionSafeguards Merge(const v1::ReadmissionSafeguards& said, const v1::ReadmissionSafeguards& standing);

// True if any ground is YES.
bool AnythingStands(const v1::ReadmissionSafeguards& safeguards);

// FailedPrecondition (SAFEGUARD_STANDS), in the same words whatever stands.
absl::Status SafeguardStands();

// The statement that goes with an application or notice when nothing stands, made at `at`.
v1::ChecksDone MakeStatement(absl::Time at);

}  // namespace tamga::safeguard
