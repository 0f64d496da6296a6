// Whether treaties say what they seem to say: everything that an office should know before it ratifies.
#pragma once

#include <string>
#include <vector>

#include "policy/analysis/finding.h"
#include "policy/analysis/rule_boxes.h"

namespace tamga::policy::analysis {

// All findings about the rules. They do not depend on the order in which the rules are written.
std::vector<Finding> CheckRules(const RuleBoxes& rules, const Options& options = {});

// Only those about invariants that are not proved: first the refuted ones, then those that could not be decided.
std::vector<Finding> UnprovedInvariants(const RuleBoxes& rules, const Options& options = {});

// A prohibition that forbids part of what a grant allows. That is how prohibitions work; the list is for people who ask
// which exceptions a grant has. Points into the rules.
struct Conflict {
  const GrantRule* grant = nullptr;
  const ProhibitionRule* prohibition = nullptr;
  bool is_whole = false;         // nothing of the grant is left
  bool only_if_unknown = false;  // the prohibition applies there only because a fact is not known
};

// Grants in their order, the prohibitions of each in theirs.
std::vector<Conflict> Conflicts(const RuleBoxes& rules);

// A situation that the grant allows and the prohibition forbids, by facts that are known if possible.
Point WitnessOf(const Space& space, const Conflict& conflict);

// "What TASHKENT-2000 check (article 5) allows, REFUGEE-1951-1967 non-refoulement (article 33) forbids where …".
std::string ToText(const Space& space, const Conflict& conflict);

}  // namespace tamga::policy::analysis
