#include "policy/analysis/region.h"

#include <utility>

#include "absl/container/flat_hash_set.h"

namespace tamga::policy::analysis {
namespace {

// Those of `boxes` that are not among `others` as they are: most rules of an amended treaty are the same as before.
std::vector<const Box*> Without(const std::vector<const Box*>& boxes, const std::vector<const Box*>& others) {
  absl::flat_hash_set<Box> known;
  for (const Box* box : others) known.insert(*box);
  std::vector<const Box*> rest;
  for (const Box* box : boxes) {
    if (!known.contains(*box)) rest.push_back(box);
  }
  return rest;
}

// Collects what is in boxes that are added and in none of some covers.
class Collector {
 public:
  Collector(const Layout& layout, Budget* budget) : layout_(layout), budget_(budget) {}

  // False if the budget did not suffice: there is no use in adding more.
  bool Add(const Box& box, const std::vector<const Box*>& covers) {
    if (!result_.is_decided || IsEmpty(layout_, box)) return result_.is_decided;
    std::vector<const Box*> all = covers;
    // What is there already is not counted twice.
    for (const Box& counted : result_.value) all.push_back(&counted);
    Decided<std::vector<Box>> rest = SubtractAll(layout_, box, all, budget_);
    result_.is_decided = rest.is_decided;
    for (Box& piece : rest.value) result_.value.push_back(std::move(piece));
    return result_.is_decided;
  }

  // The same, for work beside adding.
  bool Spend(uint64_t steps) {
    if (!budget_->Spend(steps)) result_.is_decided = false;
    return result_.is_decided;
  }

  Decided<std::vector<Box>> Take() {
    if (!result_.is_decided) result_.value.clear();
    result_.value = Coalesce(layout_, std::move(result_.value));
    return std::move(result_);
  }

 private:
  const Layout& layout_;
  Budget* budget_;
  Decided<std::vector<Box>> result_;
};

}  // namespace

Region Permitted(const RuleBoxes& rules) { return {BoxesOf(rules.grants), BoxesOf(rules.prohibitions)}; }

Region Telling(const RuleBoxes& rules, Direction direction, v1::DataClass data_class) {
  Region region;
  region.barred = BoxesOf(rules.prohibitions);
  for (const GrantRule& grant : rules.grants) {
    if (Holds(Told(grant, direction), data_class)) region.allowed.push_back(&grant.box);
  }
  for (const CeilingRule& ceiling : rules.ceilings) {
    if (!Holds(Told(ceiling, direction), data_class)) region.barred.push_back(&ceiling.box);
  }
  return region;
}

std::vector<const Box*> Overlapping(const Layout& layout, const Box& box, absl::Span<const Box* const> boxes) {
  std::vector<const Box*> overlapping;
  for (const Box* other : boxes) {
    if (Overlap(layout, box, *other)) overlapping.push_back(other);
  }
  return overlapping;
}

Decided<std::vector<Box>> Difference(const Layout& layout, const Region& a, const Region& b, Budget* budget) {
  Collector collector(layout, budget);
  if (!collector.Spend(a.allowed.size() + a.barred.size() + b.allowed.size() + b.barred.size())) {
    return collector.Take();
  }
  // What a situation of `a` lacks for being in `b` is a box that allows it, …
  std::vector<const Box*> covers = a.barred;
  covers.insert(covers.end(), b.allowed.begin(), b.allowed.end());
  for (const Box* gained : Without(a.allowed, b.allowed)) {
    if (!collector.Add(*gained, covers)) break;
  }
  // … or it has one that bars it.
  for (const Box* lost : Without(b.barred, a.barred)) {
    if (!collector.Spend(a.allowed.size())) break;
    for (const Box* allowed : Overlapping(layout, *lost, a.allowed)) {
      if (!collector.Add(Meet(*lost, *allowed), a.barred)) break;
    }
  }
  return collector.Take();
}

}  // namespace tamga::policy::analysis
