// How old the word of a State about its revoked certificates may be for a treaty.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/exchange/door.h"
#include "node/treaty/treaty_library.h"
#include "policy/decision.h"

namespace tamga::exchange {

// OK unless the treaty that permits the exchange wants younger revocation lists of the partner's State than this node
// has (Treaty.revocation_max_age_hours). Unavailable (REVOCATION_STALE) then, since a younger one may come any time.
absl::Status CheckRevocationAge(const DoorParts& parts, const treaty::TreatyLibrary& treaties,
                                const policy::Decision& decision, const std::string& partner);

}  // namespace tamga::exchange
