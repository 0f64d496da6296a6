// What of a case is the partner's to say, and may not be shown or kept for any purpose: reasons, codes and particulars
// of its steps. That the steps were taken, and when, is the own agency's business too.
#pragma once

#include <string>

#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

// Takes them out for good; where there were reasons the file then says "erased". What the guards of later steps look at
// stays: kind and validity of a travel document, day, place and means of a transfer.
void ErasePartnersWords(const std::string& own_agency, v1::ReadmissionFile* file);

// Takes them out of what is shown.
void HidePartnersWords(const std::string& own_agency, v1::ReadmissionCase* record);

}  // namespace tamga::readmission
