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

// One question of a grant: for all partners of a State of whom it may ask the same for the same purposes.
using QuestionKey = std::tuple<std::string, v1::Operation, v1::RecordKind, std::vector<std::string>>;

using PairKey = std::tuple<std::string, std::string, v1::Operation, v1::RecordKind>;

}  // namespace

void CheckOneWay(const RuleBoxes& rules, const Options& options, Report* report) {
  const std::vector<GapCell> table = GapTable(rules, options);
  std::map<CellKey, Outcome> outcomes;
  for (const GapCell& cell : table) {
    outcomes[{cell.asker, cell.answerer, cell.operation, cell.record_kind, cell.purpose}] = cell.outcome;
  }
  std::map<const GrantRule*, std::map<PairKey, std::vector<std::string>>> purposes_of;
  for (const GapCell& cell : table) {
    if (cell.outcome != Outcome::kPermit && cell.outcome != Outcome::kConditional) continue;
    if (outcomes[{cell.answerer, cell.asker, cell.operation, cell.record_kind, cell.purpose}] != Outcome::kDeny) {
      continue;
    }
    for (const GrantRule* grant : cell.grants) {
      purposes_of[grant][{cell.asker, cell.answerer, cell.operation, cell.record_kind}].push_back(
          ShortName(cell.purpose));
    }
  }
  for (const GrantRule& grant : rules.grants) {
    std::map<QuestionKey, std::vector<std::string>> answerers_of;
    for (const auto& [pair, purposes] : purposes_of[&grant]) {
      const auto& [asker, answerer, operation, record_kind] = pair;
      answerers_of[{asker, operation, record_kind, purposes}].push_back(answerer);
    }
    for (const auto& [question, answerers] : answerers_of) {
      const auto& [asker, operation, record_kind, purposes] = question;
      report->Add(Severity::kNote, Check::kOneWay, grant,
                  absl::StrCat("By the grant ", grant.id, " ", asker, " may ask ", AnyOf(answerers), " ",
                               ShortName(operation), " (", ShortName(record_kind), ") for ", AnyOf(purposes), ", but ",
                               AnyOf(answerers), " may never ask ", asker, ": is that intended?"));
    }
  }
}

}  // namespace tamga::policy::analysis
