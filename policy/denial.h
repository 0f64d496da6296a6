// Refusals, with their reasons.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "policy/decision.h"
#include "policy/matching.h"
#include "policy/rule_index.h"

namespace tamga::policy {

// TREATY_UNKNOWN: the cited treaty is not among the node's own.
Decision TreatyUnknown(const Question& question);

// NO_GRANT, or TREATY_NOT_IN_FORCE when only that stands in the way. `cited` may be null.
Decision Ungranted(const std::vector<CompiledTreaty>& treaties, const CompiledTreaty* cited, const Asked& asked);

// FORBIDDEN by prohibitions that hit; at least one.
Decision Forbidden(absl::Span<const ProhibitionEntry> hits);

// FACT_UNKNOWN: prohibitions that hit unless a fact is shown to be otherwise; at least one.
Decision FactUnknown(absl::Span<const ProhibitionEntry> hits, const Asked& asked);

// Adds those of `more` that are not yet in `articles`, which stays sorted.
void AddArticles(const std::vector<std::string>& more, std::vector<std::string>* articles);

}  // namespace tamga::policy
