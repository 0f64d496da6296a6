// What can be said about a document from its machine-readable zone alone.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "adapters/border_service/mrz_layout.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::adapters {

// One result for the form of the zone, each check digit, the codes of issuer and nationality, and both dates, in this
// order. A failed check says where to look; nothing is repaired. `today` is the day at the border.
std::vector<v1::DocumentCheck> CheckMrz(const MrzLayout& layout, const std::vector<std::string>& lines,
                                        absl::CivilDay today);

}  // namespace tamga::adapters
