#include "policy/coverage.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/enum_names.h"
#include "policy/rule_lists.h"
#include "policy/suite.h"
#include "policy/suite_bench.h"

namespace tamga::policy {
namespace {

// All of a verdict that is an outcome.
std::string OutcomeOf(const v1::TreatyCase& of, const TreatySet& treaties) {
  const Question question = QuestionOf(of);
  if (!question.treaty_id.empty() && treaties.Find(question.treaty_id) == nullptr) return "";
  const Verdict verdict = treaties.Judge(question, StageOf(of), TimeOf(of));
  std::string outcome = absl::StrCat(static_cast<int>(verdict.reason), "|", verdict.answer_within_days);
  for (const GrantRule* rule : verdict.grants) absl::StrAppend(&outcome, "|", NameOf(*rule));
  for (const ProhibitionRule* rule : verdict.hits) absl::StrAppend(&outcome, "|", NameOf(*rule));
  for (const Allowance& allowance : {verdict.request, verdict.reply}) {
    absl::StrAppend(&outcome, "|", static_cast<int>(allowance.level), " ", allowance.classes, " ",
                    allowance.refuses_excess);
  }
  for (const v1::Obligation& obligation : verdict.obligations.ToProto()) {
    absl::StrAppend(&outcome, "|", obligation.SerializeAsString());
  }
  return outcome;
}

bool IsJudgedOtherwise(const v1::TreatyCase& of, const TreatySet& unchanged, const TreatySet& changed) {
  return OutcomeOf(of, unchanged) != OutcomeOf(of, changed);
}

// Looks at the rules of one text, v1::Treaty or v1::Narrowing. `change_to` makes a change of law out of a changed text.
template <typename Text, typename ChangeTo>
class Examiner {
 public:
  Examiner(const SuiteBench& bench, const Text& text, std::string name, const ChangeTo& change_to, Coverage* coverage)
      : bench_(bench), text_(text), name_(std::move(name)), change_to_(change_to), coverage_(*coverage) {}

  void Run() {
    if constexpr (std::is_same_v<Text, v1::Treaty>) Examine(kGrants);
    Examine(kProhibitions);
    Examine(kCeilings);
    Examine(kDuties);
  }

 private:
  template <typename List>
  void Examine(List list) {
    Text copy = text_;
    const auto& rules = *list(&copy);
    for (int i = 0; i < rules.size(); ++i) {
      const auto& rule = rules.Get(i);
      const std::string name = absl::StrCat(name_, " ", rule.id());
      Text without = text_;
      list(&without)->DeleteSubrange(i, 1);
      const bool is_shown = Matters(without);
      ++coverage_.rules;
      if (is_shown) {
        ++coverage_.rules_shown;
      } else {
        coverage_.uncovered.push_back({name});
      }
      for (int j = 0; j < rule.when_size(); ++j) {
        ++coverage_.conditions;
        Text looser = text_;
        list(&looser)->Mutable(i)->mutable_when()->DeleteSubrange(j, 1);
        if (is_shown && Matters(looser)) {
          ++coverage_.conditions_shown;
        } else {
          coverage_.uncovered.push_back({name, j + 1, ShortName(rule.when(j).attribute())});
        }
      }
    }
  }

  bool Matters(const Text& changed) const { return bench_.Any(change_to_(changed), &IsJudgedOtherwise); }

  const SuiteBench& bench_;
  const Text& text_;
  const std::string name_;
  const ChangeTo& change_to_;
  Coverage& coverage_;
};

template <typename Text, typename ChangeTo>
void Examine(const SuiteBench& bench, const Text& text, const std::string& name, const ChangeTo& change_to,
             Coverage* coverage) {
  Examiner<Text, ChangeTo>(bench, text, name, change_to, coverage).Run();
}

}  // namespace

Coverage CoverageOf(const Standing& standing, const std::vector<v1::TreatySuite>& suites) {
  const SuiteBench bench(standing, CasesOf(suites));
  std::set<std::string> named;
  for (const v1::TreatySuite& suite : suites) named.insert(suite.treaties().begin(), suite.treaties().end());
  Coverage coverage;
  for (const TreatyDocument* document : bench.treaties()) {
    if (named.count(document->treaty.id()) == 0) continue;
    const auto change_to = [&](const v1::Treaty& text) {
      LawChange change;
      change.treaty = document;
      change.treaty_text = &text;
      return change;
    };
    Examine(bench, document->treaty, document->treaty.id(), change_to, &coverage);
  }
  for (const AddedRules& added : bench.added()) {
    const auto change_to = [&](const v1::Narrowing& text) {
      LawChange change;
      change.narrowing = added.rules;
      change.narrowing_text = &text;
      return change;
    };
    Examine(bench, *added.rules, added.origin, change_to, &coverage);
  }
  return coverage;
}

}  // namespace tamga::policy
