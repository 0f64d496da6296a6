#include "policy/mutation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/attributes.h"
#include "policy/disclosure.h"
#include "policy/enum_names.h"
#include "policy/rule_lists.h"
#include "policy/suite.h"
#include "policy/suite_bench.h"
#include "policy/words.h"

namespace tamga::policy {
namespace {

// Makes the mutants of one text, v1::Treaty or v1::Narrowing, and hands each to `take` with the changed text.
template <typename Text, typename Take>
class Mutator {
 public:
  Mutator(const Text& text, std::string name, const Take& take) : text_(text), name_(std::move(name)), take_(take) {}

  void Run() {
    if constexpr (std::is_same_v<Text, v1::Treaty>) {
      ForEachRule(kGrants, Mutation::kEffect, [&](auto grant, const v1::Grant& original) {
        for (int i = 0; i < original.obligations_size(); ++i) {
          Change(Mutation::kObligation, original, grant, absl::StrCat("without: ", InWords(original.obligations(i))),
                 [&](v1::Grant* changed) { changed->mutable_obligations()->DeleteSubrange(i, 1); });
        }
        WidenBoth(original, grant, /*has_request=*/true, /*has_reply=*/true);
      });
    }
    ForEachRule(kProhibitions, Mutation::kEffect, [](auto, const v1::Prohibition&) {});
    ForEachRule(kCeilings, Mutation::kEffect, [&](auto ceiling, const v1::Ceiling& original) {
      WidenBoth(original, ceiling, original.has_request(), original.has_reply());
    });
    ForEachRule(kDuties, Mutation::kObligation, [](auto, const v1::Duty&) {});
  }

 private:
  // `list` is one of rule_lists.h; `more` makes the mutants that rules of this type alone have, and gets a
  // function from a text to the rule in it.
  template <typename List, typename More>
  void ForEachRule(List list, Mutation removal, More more) {
    Text copy = text_;
    const auto& rules = *list(&copy);
    for (int i = 0; i < rules.size(); ++i) {
      const auto& original = rules.Get(i);
      const auto rule_in = [list, i](Text* text) { return list(text)->Mutable(i); };
      Text without = text_;
      list(&without)->DeleteSubrange(i, 1);
      Emit(removal, original, "gone", without);
      MutateConditions(original, rule_in);
      SwapSides(original, rule_in);
      more(rule_in, original);
    }
  }

  template <typename Rule, typename RuleIn>
  void MutateConditions(const Rule& original, RuleIn rule_in) {
    for (int i = 0; i < original.when_size(); ++i) {
      const v1::Condition& condition = original.when(i);
      const std::string which = absl::StrCat("condition ", i + 1, " (", ShortName(condition.attribute()), ")");
      Change(Mutation::kCondition, original, rule_in, absl::StrCat("without ", which),
             [&](Rule* changed) { changed->mutable_when()->DeleteSubrange(i, 1); });
      const AttributeInfo& info = *FindAttribute(condition.attribute());
      for (const int step : {-1, 1}) {
        const auto fits = [&](int64_t limit) { return info.min <= limit + step && limit + step <= info.max; };
        if (condition.has_at_least() && fits(condition.at_least())) {
          Change(Mutation::kThreshold, original, rule_in,
                 absl::StrCat(which, " at least ", condition.at_least() + step),
                 [&](Rule* changed) { changed->mutable_when(i)->set_at_least(condition.at_least() + step); });
        }
        if (condition.has_at_most() && fits(condition.at_most())) {
          Change(Mutation::kThreshold, original, rule_in, absl::StrCat(which, " at most ", condition.at_most() + step),
                 [&](Rule* changed) { changed->mutable_when(i)->set_at_most(condition.at_most() + step); });
        }
      }
    }
  }

  template <typename Rule, typename RuleIn>
  void SwapSides(const Rule& original, RuleIn rule_in) {
    const auto& askers = original.scope().askers();
    const auto& answerers = original.scope().answerers();
    if (std::is_permutation(askers.begin(), askers.end(), answerers.begin(), answerers.end())) return;
    Change(Mutation::kDirection, original, rule_in, "with askers and answerers in each other's place",
           [](Rule* changed) {
             changed->mutable_scope()->mutable_askers()->Swap(changed->mutable_scope()->mutable_answerers());
           });
  }

  template <typename Rule, typename RuleIn>
  void WidenBoth(const Rule& original, RuleIn rule_in, bool has_request, bool has_reply) {
    std::string what;
    if (v1::Disclosure wider = original.request(); has_request && Widen(&wider, &what)) {
      Change(Mutation::kDisclosure, original, rule_in, absl::StrCat("request also tells ", what),
             [&](Rule* changed) { *changed->mutable_request() = wider; });
    }
    if (v1::Disclosure wider = original.reply(); has_reply && Widen(&wider, &what)) {
      Change(Mutation::kDisclosure, original, rule_in, absl::StrCat("reply also tells ", what),
             [&](Rule* changed) { *changed->mutable_reply() = wider; });
    }
  }

  // By the least that there is to add. False where nothing is left.
  static bool Widen(v1::Disclosure* disclosure, std::string* what) {
    switch (disclosure->level()) {
      case v1::DISCLOSURE_LEVEL_UNSPECIFIED:
      case v1::DISCLOSURE_LEVEL_NONE:
        disclosure->set_level(v1::DISCLOSURE_LEVEL_HIT_NO_HIT);
        *what = "whether there is a record";
        return true;
      case v1::DISCLOSURE_LEVEL_HIT_NO_HIT:
        disclosure->set_level(v1::DISCLOSURE_LEVEL_REFERENCE);
        *what = "references";
        return true;
      case v1::DISCLOSURE_LEVEL_REFERENCE:
      case v1::DISCLOSURE_LEVEL_PARTIAL:
        break;
      default:
        return false;
    }
    Allowance all;
    all.level = v1::DISCLOSURE_LEVEL_FULL;
    disclosure->set_level(v1::DISCLOSURE_LEVEL_PARTIAL);
    const ClassSet left = AllowedClasses(all) & ~AllowedClasses(AllowanceOf(*disclosure));
    for (int value = 1; value < v1::DataClass_ARRAYSIZE; ++value) {
      const auto data_class = static_cast<v1::DataClass>(value);
      if (!Holds(left, data_class)) continue;
      disclosure->add_classes(data_class);
      *what = v1::DataClass_Name(data_class);
      return true;
    }
    return false;
  }

  template <typename Rule, typename RuleIn, typename Edit>
  void Change(Mutation mutation, const Rule& original, RuleIn rule_in, std::string what, Edit edit) {
    Text text = text_;
    edit(rule_in(&text));
    Emit(mutation, original, std::move(what), text);
  }

  template <typename Rule>
  void Emit(Mutation mutation, const Rule& rule, std::string what, const Text& text) {
    take_(Mutant{mutation, absl::StrCat(name_, " ", rule.id()), std::move(what)}, text);
  }

  const Text& text_;
  const std::string name_;
  const Take& take_;
};

template <typename Text, typename Take>
void ForEachMutant(const Text& text, const std::string& name, const Take& take) {
  Mutator<Text, Take>(text, name, take).Run();
}

// `visit` gets each mutant and the change of law that it is.
template <typename Visit>
void ForEachMutant(const SuiteBench& bench, Visit visit) {
  for (const TreatyDocument* document : bench.treaties()) {
    ForEachMutant(document->treaty, document->treaty.id(), [&](const Mutant& mutant, const v1::Treaty& text) {
      LawChange change;
      change.treaty = document;
      change.treaty_text = &text;
      visit(mutant, change);
    });
  }
  for (const AddedRules& added : bench.added()) {
    ForEachMutant(*added.rules, added.origin, [&](const Mutant& mutant, const v1::Narrowing& text) {
      LawChange change;
      change.narrowing = added.rules;
      change.narrowing_text = &text;
      visit(mutant, change);
    });
  }
}

}  // namespace

MutationReport RunMutants(const Standing& standing, const std::vector<v1::TreatySuite>& suites,
                          const ShowProgress& progress) {
  const SuiteBench bench(standing, CasesOf(suites));
  uint64_t total = 0, done = 0;
  ForEachMutant(bench, [&](const Mutant&, const LawChange&) { ++total; });
  MutationReport report;
  ForEachMutant(bench, [&](const Mutant& mutant, const LawChange& change) {
    MutationCount& count = report.counts[mutant.mutation];
    ++count.mutants;
    const bool is_killed = bench.Any(change, [](const v1::TreatyCase& of, const TreatySet&, const TreatySet& changed) {
      return !FailureOf(of, changed).empty();
    });
    if (is_killed) {
      ++count.killed;
    } else {
      report.survivors.push_back(mutant);
    }
    progress(++done, total);
  });
  return report;
}

absl::string_view NameOf(Mutation mutation) {
  switch (mutation) {
    case Mutation::kEffect:
      return "effect";
    case Mutation::kCondition:
      return "condition";
    case Mutation::kThreshold:
      return "threshold";
    case Mutation::kDirection:
      return "direction";
    case Mutation::kObligation:
      return "obligation";
    case Mutation::kDisclosure:
      return "disclosure";
  }
  return "";
}

}  // namespace tamga::policy
