// What is taken out of a case when its data may not be kept or shown. What the history, the clocks and the guards of
// its steps follow from stays, so that the case goes on as it stood.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// Takes out whatever tells of a person, and notes that it was done at `now`. For cases that are CLOSED.
void ErasePersonalData(absl::Time now, v1::ReadmissionFile* file);

// Takes out for good what the other side than `own_agency` said beside kind, order and time of its steps; where it gave
// reasons the file then says "erased".
void ErasePartnersWords(const std::string& own_agency, v1::ReadmissionFile* file);

// Takes the same out of what is shown.
void HidePartnersWords(const std::string& own_agency, v1::ReadmissionCase* record);

}  // namespace tamga::readmission
