// How steps get into a case's file: the own side's when they are taken and when their fate is known, the other side's
// when they arrive. Pure; used by the desk, and by the model that explores all of it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/readmission/case_fold.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// How far the time of a step may be ahead of the issue of the message that carries it.
inline constexpr absl::Duration kStepSkew = absl::Minutes(10);

// How long before the issue of that message it may have been taken. A message leaves at once or is given up within a
// week, and then may be released anew for another one; what is older would be said to have been in time long after.
inline constexpr absl::Duration kStepAge = absl::Hours(24 * 14);
// Steps that a side may take in a case: more than any takes, and few enough that a case stays quick to work out.
inline constexpr uint32_t kMostSteps = 500;

// What the message that carries a step says of itself.
struct StepCarrier {
  std::string exchange_id;  // UUIDv7 in text form
  absl::Time issued_at;
  v1::LogPosition log;  // entry in the own log; empty: not known yet
};

struct Filed {
  v1::ReadmissionFile file;
  v1::ReadmissionStepRecorded recorded;  // the answer
  bool overtaken = false;                // a step of the own side, or of the clock, came first
  bool is_repeat = false;                // filed before: the file is as it was
};

// Files a step that the other side of `own_agency` sent. Errors, the file being as it was:
//   InvalidArgument INVALID_FIELD       number, seen, time or receipt do not fit the case
//   FailedPrecondition CASE_FULL        its side has taken kMostSteps
//   Aborted OUT_OF_ORDER                a step before it has not come yet: send that first
//   AlreadyExists STEP_CONTRADICTS      another step has that number
//   and those of CheckStep              where the sender knew all that the own side had done
absl::StatusOr<Filed> FileStep(const v1::ReadmissionFile& file, const CaseLaw& law, const std::string& own_agency,
                               const v1::ReadmissionStep& step, const StepCarrier& carrier, absl::Time now);

// Checks the own side's step, numbers it and files it as QUEUED. `step` holds kind and particulars. Errors of
// CheckStep, and CASE_FULL. The step as numbered is the last of the file's steps.
absl::StatusOr<v1::ReadmissionFile> AddOwnStep(const v1::ReadmissionFile& file, const CaseLaw& law,
                                               const std::string& own_agency, const v1::ReadmissionStep& step,
                                               const StepCarrier& carrier, absl::Time now);

// The same for SUBMIT and NOTIFY: `kind` becomes the first step of a file that holds parties, treaty, procedure and
// application. `at` is `now`.
absl::StatusOr<v1::ReadmissionFile> AddFirstStep(const v1::ReadmissionFile& file, const CaseLaw& law,
                                                 v1::ReadmissionStepKind kind, const StepCarrier& carrier,
                                                 absl::Time now);

// The requested side opens its file: `file` holds parties, treaty, procedure and application; the submission's step
// was taken at `at` and is received at `now`, or just after `at` if that is later. Sets what the receipt says. Errors
// of CheckStep, and INVALID_FIELD for an `at` that is too far from the issue of the message.
absl::StatusOr<v1::ReadmissionFile> OpenFile(const v1::ReadmissionFile& file, const CaseLaw& law,
                                             v1::ReadmissionStepKind kind, absl::Time at, const StepCarrier& carrier,
                                             absl::Time now);

// The receipt of the first step has come to the requesting side by `now`. If it names a time at which nothing can have
// been received, before the application or ahead, the application counts as received by now, and the sides differ.
void SettleFirst(const v1::ReadmissionReceived& received, absl::Time now, v1::ReadmissionFile* file);

// The own side's step that `exchange_id` carried was answered at `now`; sees whether the sides differ. The receipt of
// a RESUBMIT is judged as that of a first step. A step that is not known, or settled already, changes nothing: false.
bool SettleStep(const CaseLaw& law, const std::string& own_agency, const std::string& exchange_id,
                const v1::ReadmissionStepRecorded& recorded, absl::Time now, v1::ReadmissionFile* file);

// The own side's step that `exchange_id` carried was refused by the other side, or expired: it fails, and with it the
// own side's later ones; but what the other side's steps say that they follow has arrived, and stands. Where the other
// side has another step of that number (STEP_CONTRADICTS), an expired one got there after all, and counts again.
// `failure` is the reason code; `delivery` REFUSED or EXPIRED.
bool FailStep(const std::string& own_agency, const std::string& exchange_id, v1::DeliveryState delivery,
              const std::string& failure, v1::ReadmissionFile* file);

}  // namespace tamga::readmission
