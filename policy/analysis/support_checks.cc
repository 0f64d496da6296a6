// Whether an article's text stands behind each rule, and a reason behind each disclosure that can endanger a person.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"

namespace tamga::policy::analysis {
namespace {

constexpr ClassSet Only(v1::DataClass data_class) { return ClassSet{1} << data_class; }

constexpr ClassSet kEndangering = Only(v1::DATA_CLASS_BELIEF) | Only(v1::DATA_CLASS_CIRCUMSTANCE) |
                                  Only(v1::DATA_CLASS_VICTIM_IDENTITY) | Only(v1::DATA_CLASS_VICTIM_CONTACT) |
                                  Only(v1::DATA_CLASS_VICTIM_CIRCUMSTANCE);

const v1::Article* FindArticle(const Document& document, const std::string& number) {
  const auto found = std::find_if(document.articles->begin(), document.articles->end(),
                                  [&](const v1::Article& article) { return article.number() == number; });
  return found == document.articles->end() ? nullptr : &*found;
}

void CheckCites(const Rule& rule, Report* report) {
  if (rule.cites.empty()) {
    report->Add(Severity::kError, Check::kUnsupported, rule,
                absl::StrCat("The rule ", rule.id, " cites no article that says so."));
    return;
  }
  bool has_text = false;
  for (const std::string& number : rule.cites) {
    const v1::Article* article = FindArticle(*rule.document, number);
    if (article == nullptr) {
      report->Add(Severity::kError, Check::kUnsupported, rule,
                  absl::StrCat("The rule ", rule.id, " cites article ", number, ", which the document does not have."));
      return;
    }
    has_text = has_text || !article->summary().empty() || !article->legal_text().empty();
  }
  if (has_text) return;
  report->Add(Severity::kWarning, Check::kUnsupported, rule,
              absl::StrCat("The rule ", rule.id, " rests on ", ArticlesText(rule.cites),
                           " of which the document has neither the text nor a summary."));
}

template <typename RuleType>
void CheckAllCites(const std::vector<RuleType>& rules, Report* report) {
  for (const RuleType& rule : rules) CheckCites(rule, report);
}

}  // namespace

void CheckSupport(const RuleBoxes& rules, Report* report) {
  CheckAllCites(rules.grants, report);
  CheckAllCites(rules.prohibitions, report);
  CheckAllCites(rules.ceilings, report);
  CheckAllCites(rules.duties, report);
  CheckAllCites(rules.invariants, report);
  for (const GrantRule& grant : rules.grants) {
    const ClassSet endangering = (grant.request | grant.reply) & kEndangering;
    if (endangering == 0 || !grant.source->justification().empty()) continue;
    report->Add(Severity::kError, Check::kUnjustifiedClasses, grant,
                absl::StrCat("The grant ", grant.id, " tells ", NamesOf(endangering),
                             ", which can endanger a person, and gives no reason for it."));
  }
}

}  // namespace tamga::policy::analysis
