#include "policy/suite_bench.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "node/base/text.h"
#include "policy/suite.h"

namespace tamga::policy {
namespace {

// Whether any rule of the treaty can say anything between the two. Its grants are looked at even where they are not in
// force: a denial says whether force alone was missing.
bool Concerns(const TreatyLaw& treaty) {
  return (!treaty.asker_authorities.empty() && !treaty.answerer_authorities.empty()) || !treaty.asker_bound.empty() ||
         !treaty.answerer_bound.empty();
}

bool Concerns(const LawChange& change, const PairLaw& law) {
  return std::any_of(law.treaties.begin(), law.treaties.end(),
                     [&](const TreatyLaw& treaty) { return treaty.document == change.treaty && Concerns(treaty); }) ||
         std::any_of(law.narrowings.begin(), law.narrowings.end(),
                     [&](const NarrowingLaw& added) { return added.rules == change.narrowing; });
}

}  // namespace

SuiteBench::SuiteBench(const Standing& standing, const std::vector<const v1::TreatyCase*>& cases)
    : documents_(standing.Treaties()) {
  std::map<std::pair<std::string, std::string>, std::vector<const v1::TreatyCase*>> by_pair;
  for (const v1::TreatyCase* of : cases) by_pair[{StateOf(of->asker()), StateOf(of->answerer())}].push_back(of);
  for (auto& [states, of_pair] : by_pair) {
    Pair& pair = pairs_.emplace_back();
    pair.law = standing.LawBetween(states.first, states.second);
    pair.unchanged = std::make_unique<const TreatySet>(SetOf(pair.law));
    std::copy_if(of_pair.begin(), of_pair.end(), std::back_inserter(pair.cases),
                 [&](const v1::TreatyCase* of) { return FailureOf(*of, *pair.unchanged).empty(); });
  }
}

// Cases are at noon, so the skew of clocks plays no part.
TreatySet SuiteBench::SetOf(const PairLaw& law) const {
  return TreatySet(nullptr, documents_, {law}, absl::ZeroDuration());
}

bool SuiteBench::Any(const LawChange& change, const Look& differs) const {
  TreatyDocument changed_document;
  if (change.treaty != nullptr) {
    changed_document = {*change.treaty_text, change.treaty->sha256, change.treaty->file_name};
  }
  for (const Pair& pair : pairs_) {
    if (!Concerns(change, pair.law)) continue;
    PairLaw law = pair.law;
    for (TreatyLaw& treaty : law.treaties) {
      if (treaty.document == change.treaty) treaty.document = &changed_document;
    }
    for (NarrowingLaw& added : law.narrowings) {
      if (added.rules == change.narrowing) added.rules = change.narrowing_text;
    }
    const TreatySet changed = SetOf(law);
    for (const v1::TreatyCase* of : pair.cases) {
      if (differs(*of, *pair.unchanged, changed)) return true;
    }
  }
  return false;
}

std::vector<const TreatyDocument*> SuiteBench::treaties() const {
  std::set<const TreatyDocument*> law;
  for (const Pair& pair : pairs_) {
    for (const TreatyLaw& treaty : pair.law.treaties) {
      if (!treaty.grants.empty()) law.insert(treaty.document);
    }
  }
  std::vector<const TreatyDocument*> in_order;
  std::copy_if(documents_.begin(), documents_.end(), std::back_inserter(in_order),
               [&](const TreatyDocument* document) { return law.count(document) > 0; });
  return in_order;
}

std::vector<AddedRules> SuiteBench::added() const {
  std::map<std::pair<std::string, const v1::Narrowing*>, AddedRules> by_origin;
  for (const Pair& pair : pairs_) {
    for (const NarrowingLaw& added : pair.law.narrowings) {
      by_origin[{added.origin, added.rules}] = {added.rules, added.origin};
    }
  }
  std::vector<AddedRules> in_order;
  for (const auto& [key, added] : by_origin) in_order.push_back(added);
  return in_order;
}

}  // namespace tamga::policy
