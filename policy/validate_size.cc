// How much a document may ask of those who hold it.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/text.h"
#include "policy/validate.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

// Calls `visit` with each list of rules that bind, and the field that holds it.
template <typename Visit>
void ForEachList(const v1::Narrowing& rules, Visit visit) {
  visit(rules.prohibitions(), "prohibitions");
  visit(rules.ceilings(), "ceilings");
  visit(rules.duties(), "duties");
}

template <typename Visit>
void ForEachList(const v1::Treaty& treaty, Visit visit) {
  visit(treaty.grants(), "grants");
  visit(treaty.prohibitions(), "prohibitions");
  visit(treaty.ceilings(), "ceilings");
  visit(treaty.duties(), "duties");
}

// What is not listed stands once, for all.
uint64_t LookupsOf(const v1::Scope& scope) {
  uint64_t lookups = 1;
  for (const int listed :
       {scope.record_kinds_size(), scope.operations_size(), scope.purposes_size(), scope.askers_size()}) {
    lookups *= static_cast<uint64_t>(std::max(listed, 1));
  }
  return lookups;
}

// `Rules` is a treaty or a Narrowing.
template <typename Rules>
void CheckNumber(const Rules& rules, const Place& place, Findings* findings) {
  int count = 0;
  uint64_t lookups = 0;
  ForEachList(rules, [&](const auto& list, const char* field) {
    if (count <= kMostRules && count + list.size() > kMostRules) {
      findings->Add(place.Element(field, kMostRules - count),
                    absl::StrCat("is one rule too many; at most ", kMostRules, " are allowed"));
    }
    count += list.size();
    for (int i = 0; i < list.size(); ++i) {
      const uint64_t before = lookups;
      lookups += LookupsOf(list.Get(i).scope());
      if (before > kMostLookups || lookups <= kMostLookups) continue;
      findings->Add(
          place.Element(field, i).Field("scope"),
          absl::StrCat("lists too much: record_kinds times operations times purposes times askers of all "
                       "rules up to this one are ",
                       lookups, "; at most ", kMostLookups, " are allowed, so leave out what is to hold for all"));
    }
  });
}

// Of all rules of the treaty, invariants too.
template <typename Visit>
void ForEachRule(const v1::Treaty& treaty, Visit visit) {
  ForEachList(treaty, [&](const auto& list, const char*) {
    for (const auto& rule : list) visit(rule);
  });
  for (const v1::Invariant& invariant : treaty.invariants()) visit(invariant);
}

}  // namespace

void CheckNumberOfRules(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  CheckNumber(treaty, root, findings);
  if (treaty.invariants_size() > kMostInvariants) {
    findings->Add(root.Element("invariants", kMostInvariants),
                  absl::StrCat("is one too many; at most ", kMostInvariants, " are allowed"));
  }
}

void CheckNumberOfRules(const v1::Narrowing& narrowing, const Place& place, Findings* findings) {
  CheckNumber(narrowing, place, findings);
}

void CheckSizeOfProofs(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  std::set<std::string> places;
  std::set<std::pair<int, int64_t>> limits;
  const auto add = [&](const auto& names) {
    for (const std::string& name : names) {
      places.insert(name);
      places.insert(StateOf(name));
    }
  };
  for (const v1::Party& party : treaty.parties()) {
    places.insert(party.state());
    add(party.agencies());
  }
  uint64_t rules = 0;
  ForEachRule(treaty, [&](const auto& rule) {
    ++rules;
    add(rule.scope().askers());
    add(rule.scope().answerers());
    for (const v1::Condition& condition : rule.when()) {
      if (condition.has_at_least()) limits.insert({condition.attribute(), condition.at_least()});
      if (condition.has_at_most()) limits.insert({condition.attribute(), condition.at_most()});
    }
  });
  const uint64_t all_places = places.size() + 1;
  if (rules * all_places * all_places > kMostRulePairs) {
    findings->Add(root.Field("id"), absl::StrCat("has ", rules, " rules and invariants about ", all_places,
                                                 " agencies and States; the rules times the square of these are ",
                                                 rules * all_places * all_places, ", and at most ", kMostRulePairs,
                                                 " are allowed, so have fewer rules or name fewer agencies"));
  }
  if (limits.size() > kMostLimits) {
    findings->Add(root.Field("id"), absl::StrCat("tests numbers against ", limits.size(), " different limits; at most ",
                                                 kMostLimits, " are allowed"));
  }
}

void CheckSizeOfTerms(const v1::Treaty& treaty, const Place& root, Findings* findings) {
  const auto check = [&](int count, int most, const Place& one_too_many) {
    if (count > most) findings->Add(one_too_many, absl::StrCat("is one too many; at most ", most, " are allowed"));
  };
  const v1::ReadmissionTerms& terms = treaty.readmission();
  const Place place = root.Field("readmission");
  check(treaty.time_limits_size(), kMostOfTerms, root.Element("time_limits", kMostOfTerms));
  check(terms.steps_size(), kMostOfTerms, place.Element("steps", kMostOfTerms));
  check(terms.categories_size(), kMostOfTerms, place.Element("categories", kMostOfTerms));
  check(terms.evidence_size(), kMostOfTerms, place.Element("evidence", kMostOfTerms));
  check(terms.attachments_size(), kMostOfTerms, place.Element("attachments", kMostOfTerms));
  check(terms.crossing_points_size(), kMostNamesOfTerms, place.Element("crossing_points", kMostNamesOfTerms));
  int kinds = 0;
  for (int i = 0; i < terms.evidence_size(); ++i) {
    const int before = kinds;
    kinds += terms.evidence(i).kinds_size();
    if (before > kMostNamesOfTerms) break;
    check(kinds, kMostNamesOfTerms, place.Element("evidence", i).Element("kinds", kMostNamesOfTerms - before));
  }
}

}  // namespace tamga::policy
