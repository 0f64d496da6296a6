// One individual of the United Nations Security Council's consolidated list as an alert.
#pragma once

#include "absl/status/statusor.h"
#include "adapters/partner_state/xml_records.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::adapters {

// The list's own reference number (its DATAID where there is none) names the alert. All aliases become names; those
// that the list grades as low are named in the remarks too. Dates of birth given only in words go into the remarks.
// INVALID_FIELD naming the list's element if the individual has no reference or no name, or a date that does not
// exist.
absl::StatusOr<v1::Alert> ToAlert(const XmlElement& individual);

// REFERENCE_NUMBER, or DATAID where there is none; "" if there is neither.
std::string UnReference(const XmlElement& record);

}  // namespace tamga::adapters
