// Whether two dates of birth may be the same.
#pragma once

#include "google/protobuf/repeated_ptr_field.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::watchlist {

// False only if the dates contradict each other. Unknown parts (0) fit everything; a range covers its years; an
// approximate date covers a year more at both ends.
bool MayBeSame(const v1::BirthDate& listed, const v1::PartialDate& queried);

// True if any of the listed dates may be the same, or if none is listed.
bool MayBeSame(const google::protobuf::RepeatedPtrField<v1::BirthDate>& listed, const v1::PartialDate& queried);

}  // namespace tamga::watchlist
