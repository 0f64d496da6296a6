// What an alert and a query must hold before anything is done for them.
#pragma once

#include "absl/status/status.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::watchlist {

// OK if the alert is complete (an identifier, a category, what to do, on what basis, and a person's name or, for a
// document alert, a document's number) and within the limits of all records. INVALID_FIELD naming the field ("names")
// and never what it holds.
absl::Status CheckAlert(const v1::Alert& alert);

// OK if somebody can be looked for by this: a surname or a document number, in order and within limits. INVALID_FIELD
// naming the field ("traveller.surname").
absl::Status CheckTravellerQuery(const v1::TravellerQuery& traveller);

}  // namespace tamga::watchlist
