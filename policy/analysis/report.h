// Where the checks of this folder write what they find.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/analysis/finding.h"
#include "policy/analysis/rule_boxes.h"

namespace tamga::policy::analysis {

class Report {
 public:
  // Of a rule.
  void Add(Severity severity, Check check, const Rule& rule, std::string sentence,
           std::optional<Point> witness = std::nullopt) {
    findings_.push_back(
        {severity, check, rule.document->id, rule.id, rule.cites, std::move(sentence), std::move(witness)});
  }

  // `question` completes "whether …".
  void AddNotDecided(Severity severity, const Rule& rule, const std::string& question);

  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  std::vector<Finding> findings_;
};

// Each writes what it finds about the rules, in their order.
void CheckGrants(const RuleBoxes& rules, const Options& options, Report* report);      // dead, shadowed, twins
void CheckIdle(const RuleBoxes& rules, Report* report);                                // what narrows nothing
void CheckInvariants(const RuleBoxes& rules, const Options& options, Report* report);  // proved or refuted
void CheckOneWay(const RuleBoxes& rules, const Options& options, Report* report);      // of two States one may ask
void CheckObligations(const RuleBoxes& rules, Report* report);                         // nobody can bear
void CheckSupport(const RuleBoxes& rules, Report* report);                             // articles, justifications

}  // namespace tamga::policy::analysis
