// Consent to more than before must be given knowingly.
#pragma once

#include <string>
#include <vector>

#include "policy/act.h"
#include "policy/treaty_document.h"

namespace tamga::treaty {

// Takes out of `acts` every ratification of a version that permits or tells more than the version which it amends, or
// demands less (policy::analysis::Diff), or for which that could not be decided, unless it says that the State knows
// (`acknowledges_widening`). Such an act is as if it had not been made: the version before it stays. Every node decides
// so, by the same analysis of the same texts. Returns a sentence for each act taken out.
std::vector<std::string> DropUnacknowledged(const std::vector<policy::TreatyDocument>& treaties,
                                            std::vector<policy::VerifiedAct>* acts);

}  // namespace tamga::treaty
