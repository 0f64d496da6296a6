// Grants that do nothing, or nothing that others do not do.
#include <algorithm>
#include <functional>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/analysis/region.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"

namespace tamga::policy::analysis {
namespace {

std::string NameOf(const Rule& rule, const Document& seen_from) {
  return rule.document == &seen_from ? rule.id : absl::StrCat(rule.document->id, " ", rule.id);
}

template <typename RuleType>
std::string NamesOf(const std::vector<const RuleType*>& rules, const Document& seen_from) {
  std::vector<std::string> names;
  for (const RuleType* rule : rules) names.push_back(NameOf(*rule, seen_from));
  return absl::StrJoin(names, ", ");
}

// Writes whether the grant is dead, and says whether it may still be looked at.
bool CheckAlive(const RuleBoxes& rules, const GrantRule& grant, const Options& options, Report* report) {
  const Layout& layout = rules.space->layout();
  if (IsEmpty(layout, grant.box)) {
    report->Add(Severity::kError, Check::kDeadGrant, grant,
                absl::StrCat("The grant ", grant.id,
                             " matches nothing: its scope has no two competent authorities that may ask each other, or "
                             "its conditions cannot all hold."));
    return false;
  }
  std::vector<const ProhibitionRule*> against;
  std::vector<const Box*> forbidden;
  for (const ProhibitionRule& prohibition : rules.prohibitions) {
    if (!Overlap(layout, prohibition.box, grant.box)) continue;
    against.push_back(&prohibition);
    forbidden.push_back(&prohibition.box);
  }
  Budget budget(options.steps_per_question);
  const auto alive = FindOutside(layout, grant.box, forbidden, &budget);
  if (!alive.is_decided) {
    report->AddNotDecided(Severity::kWarning, grant, absl::StrCat("the grant ", grant.id, " is wholly forbidden"));
    return true;
  }
  if (alive.value.has_value()) return true;
  // Where one of them suffices, only such are named.
  const auto suffices = [&](const ProhibitionRule* rule) { return Contains(rule->box, grant.box); };
  if (std::any_of(against.begin(), against.end(), suffices)) std::erase_if(against, std::not_fn(suffices));
  report->Add(Severity::kWarning, Check::kDeadGrant, grant,
              absl::StrCat("Everything that the grant ", grant.id, " allows is forbidden, by ",
                           NamesOf(against, *grant.document), "."),
              rules.space->WitnessOf(grant.box));
  return false;
}

void CheckShadowed(const RuleBoxes& rules, const GrantRule& grant, const Options& options, Report* report) {
  const Layout& layout = rules.space->layout();
  std::vector<const GrantRule*> others;
  std::vector<const Box*> covers;
  for (const GrantRule& other : rules.grants) {
    // Under another treaty the same exchange is another one: it may be cited or denounced by itself.
    if (&other == &grant || other.document != grant.document || !Overlap(layout, other.box, grant.box)) continue;
    if ((grant.request & ~other.request) != 0 || (grant.reply & ~other.reply) != 0) continue;
    if (!Imply(grant.demands, other.demands)) continue;
    others.push_back(&other);
    covers.push_back(&other.box);
  }
  if (others.empty()) return;
  for (const ProhibitionRule& prohibition : rules.prohibitions) covers.push_back(&prohibition.box);
  Budget budget(options.steps_per_question);
  const auto own = FindOutside(layout, grant.box, covers, &budget);
  if (!own.is_decided) {
    report->AddNotDecided(Severity::kWarning, grant,
                          absl::StrCat("the grant ", grant.id, " allows anything that others do not"));
  } else if (!own.value.has_value()) {
    report->Add(Severity::kWarning, Check::kShadowedGrant, grant,
                absl::StrCat("The grant ", grant.id, " adds nothing: ", NamesOf(others, *grant.document),
                             others.size() == 1 ? " allows all of it, tells as much and demands no more."
                                                : " together allow all of it, tell as much and demand no more."),
                rules.space->WitnessOf(grant.box));
  }
}

void CheckTwins(const RuleBoxes& rules, Report* report) {
  using Key = std::tuple<const Document*, ClassSet, ClassSet, Box>;
  absl::flat_hash_map<Key, std::vector<const GrantRule*>> alike;
  for (const GrantRule& grant : rules.grants) {
    if (!IsEmpty(rules.space->layout(), grant.box)) {
      alike[Key(grant.document, grant.request, grant.reply, grant.box)].push_back(&grant);
    }
  }
  for (const GrantRule& grant : rules.grants) {
    const auto found = alike.find(Key(grant.document, grant.request, grant.reply, grant.box));
    if (found == alike.end()) continue;
    std::vector<const GrantRule*> twins;
    for (const GrantRule* other : found->second) {
      if (other->demands != grant.demands) twins.push_back(other);
    }
    if (twins.empty()) continue;
    report->Add(Severity::kWarning, Check::kObligationTwins, grant,
                absl::StrCat("The grant ", grant.id, " differs from ", NamesOf(twins, *grant.document),
                             " only in what it demands; all of it is demanded together, so one grant would say it."),
                rules.space->WitnessOf(grant.box));
  }
}

}  // namespace

void CheckGrants(const RuleBoxes& rules, const Options& options, Report* report) {
  for (const GrantRule& grant : rules.grants) {
    if (CheckAlive(rules, grant, options, report)) CheckShadowed(rules, grant, options, report);
  }
  CheckTwins(rules, report);
}

}  // namespace tamga::policy::analysis
