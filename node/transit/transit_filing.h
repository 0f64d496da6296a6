// How steps get into a transit operation's file: the own side's when they are taken and when their fate is known, the
// other side's when they arrive. Pure. The rules are those of node/readmission/case_filing.h.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/readmission/case_filing.h"
#include "node/transit/transit_fold.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/transit.pb.h"

namespace tamga::transit {

struct FiledTransit {
  v1::TransitFile file;
  v1::TransitStepRecorded recorded;  // the answer
  bool is_repeat = false;            // filed before: the file is as it was
};

// Files a step that the other side of `own_agency` sent. Errors, the file being as it was:
//   InvalidArgument INVALID_FIELD       number, seen, time or receipt do not fit the case
//   Aborted OUT_OF_ORDER                a step before it has not come yet: send that first
//   AlreadyExists STEP_CONTRADICTS      another step has that number
//   and those of CheckStep              where the sender knew all that the own side had done
absl::StatusOr<FiledTransit> FileStep(const v1::TransitFile& file, const readmission::CaseLaw& law,
                                      const std::string& own_agency, const v1::TransitStep& step,
                                      const readmission::StepCarrier& carrier, absl::Time now);

// Checks the own side's step, numbers it and files it as QUEUED; SUBMIT goes into a file without steps. `step` holds
// kind and particulars. Errors of CheckStep. The step as numbered is the last of the file's steps.
absl::StatusOr<v1::TransitFile> AddOwnStep(const v1::TransitFile& file, const readmission::CaseLaw& law,
                                           const std::string& own_agency, const v1::TransitStep& step,
                                           const readmission::StepCarrier& carrier, absl::Time now);

// The requested side opens its file: `file` holds parties, treaty and application; the application was made at `at` and
// is received at `now`, or just after `at` if that is later. Sets what the receipt says. INVALID_FIELD for an `at` that
// is too far ahead.
absl::StatusOr<v1::TransitFile> OpenFile(const v1::TransitFile& file, const readmission::CaseLaw& law, absl::Time at,
                                         const readmission::StepCarrier& carrier, absl::Time now);

// The receipt of the application has come to the requesting side.
void SettleFirst(const v1::TransitReceived& received, v1::TransitFile* file);

// The own side's step that `exchange_id` carried was answered at `now`; sees whether the sides differ. A step that is
// not known, or settled already, changes nothing: false.
bool SettleStep(const readmission::CaseLaw& law, const std::string& own_agency, const std::string& exchange_id,
                const v1::TransitStepRecorded& recorded, absl::Time now, v1::TransitFile* file);

// The own side's step that `exchange_id` carried was refused by the other side, or expired, for `why`: it fails, and
// with it the own side's later ones. Where the other side has another step of that number (STEP_CONTRADICTS), an
// expired one got there after all, and counts again. `delivery`: REFUSED or EXPIRED. False if nothing changes.
bool FailStep(const std::string& own_agency, const std::string& exchange_id, v1::DeliveryState delivery,
              const absl::Status& why, v1::TransitFile* file);

// The failed step is to be sent after all: it counts again, as one that waits. False if it has not failed, or another
// step has come to stand in its place.
bool Reopen(const std::string& own_agency, const std::string& exchange_id, v1::TransitFile* file);

// The own step that the exchange (UUIDv7 in text form) carried. Null if there is none.
const v1::FiledTransitStep* FindOwnStep(const v1::TransitFile& file, const std::string& own_agency,
                                        absl::string_view exchange_id);
v1::FiledTransitStep* FindOwnStep(v1::TransitFile* file, const std::string& own_agency, absl::string_view exchange_id);

}  // namespace tamga::transit
