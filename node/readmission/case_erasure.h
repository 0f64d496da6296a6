// What is left of a case whose time is over: its course, without the person.
#pragma once

#include "absl/time/time.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// Takes out of the file what it says of the person and his safeguards, of the escorts and of reasons; "erased" stands
// in the place of reasons. What the state machine goes by stays: group of the person, kinds and validity of documents,
// kinds of evidence, all times; so the case folds to the same history as before. The file says that it was erased at
// `now`.
void EraseParticulars(absl::Time now, v1::ReadmissionFile* file);

}  // namespace tamga::readmission
