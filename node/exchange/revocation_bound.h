// How old the word of a State about its revoked certificates may be for a treaty.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/exchange/door.h"
#include "node/treaty/treaty_library.h"
#include "policy/decision.h"

namespace tamga::exchange {

// OK unless the treaty that permits the exchange wants younger revocation lists than this node has of those who issued
// the certificate at hand (Treaty.revocation_max_age_hours). `as_of` is asked how old theirs are where there is such a
// bound. Unavailable (REVOCATION_STALE) then, since a younger one may come any time.
absl::Status CheckRevocationAge(const DoorParts& parts, const treaty::TreatyLibrary& treaties,
                                const policy::Decision& decision, const std::string& partner,
                                absl::FunctionRef<absl::Time()> as_of);

}  // namespace tamga::exchange
