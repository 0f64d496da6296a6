// What would have to differ for a refused question to be served. For the own side only: it may speak of facts.
#pragma once

#include <string>
#include <vector>

#include "policy/matching.h"
#include "policy/rules.h"

namespace tamga::policy {

// Sentences about the grants on the same kind of record that fail in the fewest respects, nearest first, at most three:
// "PALERMO-TIP-2000 art. 10.1 would serve if the purpose were TRAFFICKING_INVESTIGATION (asked: MIGRATION_CONTROL)".
// Grants of other treaties than the cited one are among them: it is for the officer, not the node, to cite another.
// Treaties to which one of the two States is not a party come last, and only if that alone is in the way or there are
// no others.
std::vector<std::string> NearestGrants(const std::vector<CompiledTreaty>& treaties, const Asked& asked);

// "READMISSION-KAZ-KGZ is not in force for KGZ (from 2017-08-10)" for each side that is not bound.
std::vector<std::string> NotInForce(const CompiledTreaty& treaty, const Asked& asked);

}  // namespace tamga::policy
