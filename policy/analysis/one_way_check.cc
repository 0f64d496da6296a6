// What one State may ask another but not the other way round: sometimes meant, often forgotten.
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/analysis/gap_table.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

using CellKey = std::tuple<std::string, std::string, v1::Operation, v1::RecordKind, v1::Purpose>;

// A grant's purposes go into one question.
using QuestionKey = std::tuple<std::string, std::string, v1::Operation, v1::RecordKind>;

}  // namespace

void CheckOneWay(const RuleBoxes& rules, const Options& options, Report* report) {
  const std::vector<GapCell> table = GapTable(rules, options);
  std::map<CellKey, Outcome> outcomes;
  for (const GapCell& cell : table) {
    outcomes[{cell.asker, cell.answerer, cell.operation, cell.record_kind, cell.purpose}] = cell.outcome;
  }
  std::map<const GrantRule*, std::map<QuestionKey, std::vector<std::string>>> by_grant;
  for (const GapCell& cell : table) {
    if (cell.outcome != Outcome::kPermit && cell.outcome != Outcome::kConditional) continue;
    if (outcomes[{cell.answerer, cell.asker, cell.operation, cell.record_kind, cell.purpose}] != Outcome::kDeny) {
      continue;
    }
    for (const GrantRule* grant : cell.grants) {
      by_grant[grant][{cell.asker, cell.answerer, cell.operation, cell.record_kind}].push_back(ShortName(cell.purpose));
    }
  }
  for (const GrantRule& grant : rules.grants) {
    const auto found = by_grant.find(&grant);
    if (found == by_grant.end()) continue;
    for (const auto& [key, purposes] : found->second) {
      const auto& [asker, answerer, operation, record_kind] = key;
      report->Add(Severity::kNote, Check::kOneWay, grant,
                  absl::StrCat("By the grant ", grant.id, " ", asker, " may ask ", answerer, " ", ShortName(operation),
                               " (", ShortName(record_kind), ") for ", AnyOf(purposes), ", but ", answerer,
                               " may never ask ", asker, ": is that intended?"));
    }
  }
}

}  // namespace tamga::policy::analysis
