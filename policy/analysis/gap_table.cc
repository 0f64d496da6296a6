#include "policy/analysis/gap_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/analysis/region.h"
#include "policy/analysis/words.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

// Ordered pairs of States between which treaties can grant something.
std::set<std::pair<std::string, std::string>> StatePairs(const RuleBoxes& rules) {
  std::set<std::string> parties;
  std::set<std::pair<std::string, std::string>> pairs;
  for (const auto& document : rules.documents) {
    if (document->authorities.empty()) continue;
    parties.insert(document->states.begin(), document->states.end());
    if (document->is_domestic) pairs.emplace(*document->states.begin(), *document->states.begin());
  }
  for (const std::string& asker : parties) {
    for (const std::string& answerer : parties) {
      if (asker != answerer) pairs.emplace(asker, answerer);
    }
  }
  return pairs;
}

// Every situation between competent authorities of the two States.
Box Between(const RuleBoxes& rules, const std::string& asker, const std::string& answerer) {
  const Space& space = *rules.space;
  const auto is_competent = [&](const Agency& agency) {
    return std::any_of(rules.documents.begin(), rules.documents.end(),
                       [&](const auto& document) { return document->authorities.count(agency.name) > 0; });
  };
  const std::vector<Agency>& agencies = space.agencies();
  Box box = space.everything();
  box.Clear(space.pairs());
  for (size_t i = 0; i < agencies.size(); ++i) {
    if (agencies[i].state != asker || !is_competent(agencies[i])) continue;
    for (size_t j = 0; j < agencies.size(); ++j) {
      if (i != j && agencies[j].state == answerer && is_competent(agencies[j])) {
        box.Put(space.pairs(), space.PairOf(i, j));
      }
    }
  }
  return box;
}

template <typename RuleType>
std::vector<const RuleType*> About(const Layout& layout, const Box& box, const std::vector<const RuleType*>& rules) {
  std::vector<const RuleType*> about;
  for (const RuleType* rule : rules) {
    if (Overlap(layout, rule->box, box)) about.push_back(rule);
  }
  return about;
}

template <typename RuleType>
std::vector<const RuleType*> Pointers(const std::vector<RuleType>& rules) {
  std::vector<const RuleType*> pointers;
  for (const RuleType& rule : rules) pointers.push_back(&rule);
  return pointers;
}

template <typename RuleType>
std::vector<const Box*> BoxesOfThese(const std::vector<const RuleType*>& rules) {
  std::vector<const Box*> boxes;
  for (const RuleType* rule : rules) boxes.push_back(&rule->box);
  return boxes;
}

Outcome OutcomeOf(const Layout& layout, const Box& box, const GapCell& cell, const Options& options) {
  if (cell.grants.empty()) return Outcome::kDeny;
  Budget budget(options.steps_per_question);
  if (cell.prohibitions.empty()) {
    const auto not_granted = FindOutside(layout, box, BoxesOfThese(cell.grants), &budget);
    if (!not_granted.is_decided) return Outcome::kNotDecided;
    return not_granted.value.has_value() ? Outcome::kConditional : Outcome::kPermit;
  }
  const std::vector<const Box*> forbidden = BoxesOfThese(cell.prohibitions);
  bool is_decided = true;
  for (const GrantRule* grant : cell.grants) {
    const auto permitted = FindOutside(layout, Meet(grant->box, box), forbidden, &budget);
    if (permitted.is_decided && permitted.value.has_value()) return Outcome::kConditional;
    is_decided = is_decided && permitted.is_decided;
  }
  return is_decided ? Outcome::kDeny : Outcome::kNotDecided;
}

template <typename RuleType>
std::vector<std::string> CitationsOf(const std::vector<const RuleType*>& rules) {
  std::set<std::string> all;
  for (const RuleType* rule : rules) {
    for (std::string& citation : Citations(*rule)) all.insert(std::move(citation));
  }
  return {all.begin(), all.end()};
}

// "by SMALL art. 1 for AAA/police asking BBB/police when AGE is at least 18".
std::string GrantText(const Space& space, const GapCell& cell, const GrantRule& grant) {
  Box box = grant.box;
  for (const size_t pair : box.Values(space.pairs())) {
    if (space.agencies()[space.AskerOf(pair)].state != cell.asker ||
        space.agencies()[space.AnswererOf(pair)].state != cell.answerer) {
      box.Take(space.pairs(), pair);
    }
  }
  std::vector<std::string> sides;
  for (const Askers& group : WhoAsksWhom(space, box)) {
    sides.push_back(absl::StrCat(AnyOf(group.askers), " asking ", AnyOf(group.answerers)));
  }
  std::string text =
      absl::StrCat("by ", absl::StrJoin(Citations(grant), ", "), " for ", absl::StrJoin(sides, " and for "));
  const std::string conditions = ConditionsText(space, grant.box);
  if (!conditions.empty()) absl::StrAppend(&text, " when ", conditions);
  return text;
}

std::string ProhibitionText(const Space& space, const ProhibitionRule& prohibition) {
  const std::string conditions = ConditionsText(space, prohibition.box);
  return absl::StrCat("forbidden by ", absl::StrJoin(Citations(prohibition), ", "), conditions.empty() ? "" : " where ",
                      conditions);
}

}  // namespace

std::vector<GapCell> GapTable(const RuleBoxes& rules, const Options& options) {
  const Space& space = *rules.space;
  const Layout& layout = space.layout();
  std::vector<GapCell> table;
  for (const auto& [asker, answerer] : StatePairs(rules)) {
    const Box between = Between(rules, asker, answerer);
    const auto grants = About(layout, between, Pointers(rules.grants));
    const auto prohibitions = About(layout, between, Pointers(rules.prohibitions));
    for (const size_t operation : between.Values(space.operations())) {
      Box of_operation = between;
      of_operation.Clear(space.operations());
      of_operation.Put(space.operations(), operation);
      const auto operation_grants = About(layout, of_operation, grants);
      for (const size_t kind : between.Values(space.kinds())) {
        for (const size_t purpose : between.Values(space.purposes())) {
          Box box = of_operation;
          box.Clear(space.kinds());
          box.Put(space.kinds(), kind);
          box.Clear(space.purposes());
          box.Put(space.purposes(), purpose);
          GapCell cell;
          cell.asker = asker;
          cell.answerer = answerer;
          cell.operation = space.OperationAt(operation);
          cell.record_kind = space.KindAt(kind);
          cell.purpose = space.PurposeAt(purpose);
          cell.grants = About(layout, box, operation_grants);
          for (const ProhibitionRule* prohibition : prohibitions) {
            const Box forbidden = Meet(prohibition->box, box);
            if (IsEmpty(layout, forbidden)) continue;
            if (!About(layout, forbidden, cell.grants).empty()) cell.prohibitions.push_back(prohibition);
          }
          cell.outcome = OutcomeOf(layout, box, cell, options);
          table.push_back(std::move(cell));
        }
      }
    }
  }
  return table;
}

std::vector<std::string> Citations(const Rule& rule) {
  std::set<std::string> citations;
  for (const std::string& article : rule.cites) citations.insert(absl::StrCat(rule.document->id, " art. ", article));
  return {citations.begin(), citations.end()};
}

std::vector<std::string> GrantingArticles(const GapCell& cell) { return CitationsOf(cell.grants); }

std::vector<std::string> ForbiddingArticles(const GapCell& cell) { return CitationsOf(cell.prohibitions); }

absl::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPermit:
      return "permit";
    case Outcome::kDeny:
      return "deny";
    case Outcome::kConditional:
      return "conditional";
    case Outcome::kNotDecided:
      return "not decided";
  }
  return "";
}

std::string ToText(const Space& space, const GapCell& cell) {
  std::vector<std::string> reasons;
  for (const GrantRule* grant : cell.grants) reasons.push_back(GrantText(space, cell, *grant));
  for (const ProhibitionRule* prohibition : cell.prohibitions) {
    reasons.push_back(ProhibitionText(space, *prohibition));
  }
  if (reasons.empty()) reasons.push_back("no article grants it");
  return absl::StrCat(cell.asker, " asks ", cell.answerer, " ", ShortName(cell.operation), " (",
                      ShortName(cell.record_kind), ", ", ShortName(cell.purpose), "): ", NameOf(cell.outcome), ": ",
                      absl::StrJoin(reasons, "; "));
}

}  // namespace tamga::policy::analysis
