#include "policy/analysis/checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"

namespace tamga::policy::analysis {
namespace {

// The part of the box in which a condition of the rule decides by a known fact, or that has no such conditions.
Box WithKnownFacts(const Space& space, const ProhibitionRule& prohibition, Box box) {
  for (const v1::Condition& condition : prohibition.source->when()) space.Restrict(condition, false, &box);
  return box;
}

}  // namespace

void Report::AddNotDecided(Severity severity, const Rule& rule, const std::string& question) {
  Add(severity, Check::kNotDecided, rule,
      absl::StrCat("Not decided, for the rules are too entangled: whether ", question, "."));
}

std::vector<Finding> CheckRules(const RuleBoxes& rules, const Options& options) {
  Report report;
  CheckSupport(rules, &report);
  CheckGrants(rules, options, &report);
  CheckIdle(rules, &report);
  CheckObligations(rules, &report);
  CheckInvariants(rules, options, &report);
  CheckOneWay(rules, options, &report);
  return report.Take();
}

std::vector<Finding> UnprovedInvariants(const RuleBoxes& rules, const Options& options) {
  Report report;
  CheckInvariants(rules, options, &report);
  std::vector<Finding> findings = report.Take();
  std::erase_if(findings, [](const Finding& finding) { return finding.check == Check::kInvariantProved; });
  std::stable_partition(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.check == Check::kInvariantRefuted; });
  return findings;
}

std::vector<Conflict> Conflicts(const RuleBoxes& rules) {
  const Layout& layout = rules.space->layout();
  std::vector<Conflict> conflicts;
  for (const GrantRule& grant : rules.grants) {
    if (IsEmpty(layout, grant.box)) continue;
    for (const ProhibitionRule& prohibition : rules.prohibitions) {
      if (!Overlap(layout, grant.box, prohibition.box)) continue;
      const Box known = WithKnownFacts(*rules.space, prohibition, Meet(grant.box, prohibition.box));
      conflicts.push_back({&grant, &prohibition, Contains(prohibition.box, grant.box), IsEmpty(layout, known)});
    }
  }
  return conflicts;
}

Point WitnessOf(const Space& space, const Conflict& conflict) {
  const Box both = Meet(conflict.grant->box, conflict.prohibition->box);
  return space.WitnessOf(conflict.only_if_unknown ? both : WithKnownFacts(space, *conflict.prohibition, both));
}

std::string ToText(const Space& space, const Conflict& conflict) {
  const auto name = [](const Rule& rule) {
    return absl::StrCat(rule.document->id, " ", rule.id, " (", ArticlesText(rule.cites), ")");
  };
  const std::string conditions = ConditionsText(space, conflict.prohibition->box);
  return absl::StrCat("What ", name(*conflict.grant), " allows, ", name(*conflict.prohibition), " forbids",
                      conditions.empty() ? "" : " where ", conditions,
                      conflict.is_whole ? ": nothing of the grant is left" : "", ".");
}

}  // namespace tamga::policy::analysis
