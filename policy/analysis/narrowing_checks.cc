// Prohibitions, ceilings and duties that narrow nothing, and whether what must never be permitted is not.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/analysis/region.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"

namespace tamga::policy::analysis {
namespace {

// Whether any grant that satisfies `matters` is about something in the rule's box.
template <typename Matters>
bool MeetsGrant(const RuleBoxes& rules, const Rule& rule, Matters matters) {
  return std::any_of(rules.grants.begin(), rules.grants.end(), [&](const GrantRule& grant) {
    return matters(grant) && Overlap(rules.space->layout(), rule.box, grant.box);
  });
}

void AddIdle(const Rule& rule, absl::string_view what, absl::string_view why, Report* report) {
  // A document without grants (a convention that only protects) narrows those of other documents.
  report->Add(rule.document->has_grants ? Severity::kWarning : Severity::kNote, Check::kIdleRule, rule,
              absl::StrCat("The ", what, " ", rule.id, " ", why, "."));
}

// However hard they are to decide, so many grants are looked into before the budget of all is used up.
constexpr uint64_t kLeastGrantsDecided = 8;

constexpr auto kAnyGrant = [](const GrantRule&) { return true; };

}  // namespace

void CheckIdle(const RuleBoxes& rules, Report* report) {
  for (const ProhibitionRule& rule : rules.prohibitions) {
    if (!MeetsGrant(rules, rule, kAnyGrant)) {
      AddIdle(rule, "prohibition", "forbids nothing that any grant allows", report);
    }
  }
  for (const CeilingRule& rule : rules.ceilings) {
    const auto is_limited = [&](const GrantRule& grant) {
      return (grant.request & ~rule.request) != 0 || (grant.reply & ~rule.reply) != 0 || !rule.demands.empty();
    };
    if (!MeetsGrant(rules, rule, is_limited)) {
      AddIdle(rule, "ceiling", "limits nothing that any grant tells", report);
    }
  }
  for (const DutyRule& rule : rules.duties) {
    if (!MeetsGrant(rules, rule, kAnyGrant)) AddIdle(rule, "duty", "goes with nothing that any grant allows", report);
  }
}

void CheckInvariants(const RuleBoxes& rules, const Options& options, Report* report) {
  const Layout& layout = rules.space->layout();
  const std::vector<const Box*> prohibitions = BoxesOf(rules.prohibitions);
  Budget budget = Budget::InAll(options, layout.words());
  // One grant that is hard to decide does not take from the others what they need.
  const uint64_t steps_per_grant = std::min(options.steps_per_question, budget.left() / kLeastGrantsDecided);
  for (const InvariantRule& invariant : rules.invariants) {
    const GrantRule* breaker = nullptr;
    std::optional<Box> broken;
    bool is_decided = budget.Spend(rules.prohibitions.size() + rules.grants.size());
    const std::vector<const Box*> forbidden =
        is_decided ? Overlapping(layout, invariant.box, prohibitions) : std::vector<const Box*>();
    for (const GrantRule& grant : rules.grants) {
      if (budget.left() == 0) {
        is_decided = false;
        break;
      }
      if (!Overlap(layout, grant.box, invariant.box)) continue;
      auto permitted = budget.Lend(steps_per_grant, [&](Budget* lent) {
        return FindOutside(layout, Meet(grant.box, invariant.box), forbidden, lent);
      });
      is_decided = is_decided && permitted.is_decided;
      if (!permitted.is_decided || !permitted.value.has_value()) continue;
      breaker = &grant;
      broken = std::move(permitted.value);
      break;
    }
    if (breaker != nullptr) {
      report->Add(Severity::kError, Check::kInvariantRefuted, invariant,
                  absl::StrCat("What ", invariant.id, " says is never permitted is permitted by the grant ",
                               breaker->document == invariant.document ? "" : breaker->document->id + " ", breaker->id,
                               " (", ArticlesText(breaker->cites), ")."),
                  rules.space->WitnessOf(*broken));
    } else if (!is_decided) {
      // An error, for no node takes a text over of which this is not known.
      report->AddNotDecided(Severity::kError, invariant,
                            absl::StrCat("what ", invariant.id, " says is never permitted is not"));
    } else {
      report->Add(Severity::kNote, Check::kInvariantProved, invariant,
                  absl::StrCat("Proved: what ", invariant.id, " says is never permitted is not."));
    }
  }
}

}  // namespace tamga::policy::analysis
