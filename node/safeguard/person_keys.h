// By what a protected person is found again in an application: a document, a name with a date of birth, a case. The
// keys are personal data: they are stored as tokens alone (node/store/blind_index.h).
#pragma once

#include <set>
#include <string>

#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/safeguard.pb.h"

namespace tamga::safeguard {

// What an application says of the person by which the person can be found again.
v1::ProtectedPerson PersonOf(const v1::ReadmissionApplication& application);

// Under what a safeguard of `person` is filed; empty if the person could not be found again by anything. Names count
// with a year of birth alone.
std::set<std::string> FiledUnder(const v1::ProtectedPerson& person);

// What to look under for the person of `application`, for the children who go along, and for the case (empty: none).
// Names are the same whatever their script's case, their marks' encoding, the order of their parts, hyphens, spaces and
// apostrophes, with and without patronymic and further given names. Dates of birth are the same as far as both are
// known.
std::set<std::string> SoughtUnder(const v1::ReadmissionApplication& application, const std::string& case_id);

}  // namespace tamga::safeguard
