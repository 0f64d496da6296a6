// Where something is permitted or told: in some box of one list and in none of another.
#pragma once

#include <vector>

#include "policy/analysis/box.h"
#include "policy/analysis/rule_boxes.h"
#include "tamga/v1/data_class.pb.h"

namespace tamga::policy::analysis {

// Holds the situations in one of `allowed` and in none of `barred`. Points into the rules.
struct Region {
  std::vector<const Box*> allowed;
  std::vector<const Box*> barred;
};

// Where an exchange is permitted.
Region Permitted(const RuleBoxes& rules);

// Where the class may be told: some grant tells it, and neither a prohibition nor a ceiling stands against it.
Region Telling(const RuleBoxes& rules, Direction direction, v1::DataClass data_class);

// The boxes of rules, in their order.
template <typename RuleType>
std::vector<const Box*> BoxesOf(const std::vector<RuleType>& rules) {
  std::vector<const Box*> boxes;
  for (const RuleType& rule : rules) boxes.push_back(&rule.box);
  return boxes;
}

// Those of `boxes` that overlap `box`.
std::vector<const Box*> Overlapping(const Layout& layout, const Box& box, absl::Span<const Box* const> boxes);

// What is in `a` and not in `b`, as boxes apart from each other.
Decided<std::vector<Box>> Difference(const Layout& layout, const Region& a, const Region& b, Budget* budget);

}  // namespace tamga::policy::analysis
