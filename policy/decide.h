// Decides one question under a set of compiled treaties. Pure: no I/O, no clock, no recursion; the cost grows with the
// rules about the question's operation, not with all rules.
#pragma once

#include <vector>

#include "policy/decision.h"
#include "policy/matching.h"
#include "policy/rule_index.h"

namespace tamga::policy {

// `bucket` holds the rules of `treaties` about the question's operation; `cited` is null when no treaty is cited.
Decision Decide(const std::vector<CompiledTreaty>& treaties, const RuleBucket& bucket, const CompiledTreaty* cited,
                const Asked& asked);

}  // namespace tamga::policy
