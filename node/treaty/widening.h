// Consent to more than before must be given knowingly.
#pragma once

#include <string>
#include <vector>

#include "policy/act.h"
#include "policy/treaty_document.h"

namespace tamga::treaty {

// Whether `after` permits or tells more than `before`, which it amends, or demands less
// (policy::analysis::Widens); also where that could not be decided. Two texts are compared once: what follows from
// their bytes alone is remembered. Thread-safe.
bool Widens(const policy::TreatyDocument& before, const policy::TreatyDocument& after);

// Whether Widens has its answer already, and takes no time.
bool IsWideningKnown(const policy::TreatyDocument& before, const policy::TreatyDocument& after);

// Whether the instrument ratifies without saying that the State knows of a widening (`acknowledges_widening`), so that
// it depends on Widens whether it counts.
bool IsRatifiedUnknowing(const v1::Instrument& instrument);

// Takes out of `acts` every ratification of a version that widens the one before it, unless it says that the State
// knows. Such an act is as if it had not been made: the version before it stays. Every node decides so, by the same
// analysis of the same texts. Returns a sentence for each act taken out.
std::vector<std::string> DropUnacknowledged(const std::vector<policy::TreatyDocument>& treaties,
                                            std::vector<policy::VerifiedAct>* acts);

}  // namespace tamga::treaty
