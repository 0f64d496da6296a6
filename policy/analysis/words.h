// Words for what boxes hold, as they stand in sentences for people.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/analysis/space.h"
#include "policy/disclosure.h"

namespace tamga::policy::analysis {

// Names without their prefix ("VICTIM_IDENTITY"); the number, where this build does not know the value.
std::string NameOf(v1::DataClass value);
std::string NameOf(v1::ObligationType value);

// "IDENTITY, DOCUMENT".
std::string NamesOf(ClassSet classes);

// "A", "A or B", "A, B or C".
std::string AnyOf(const std::vector<std::string>& names);

// "article 1", "articles 1 and 2(b)"; empty for none.
std::string ArticlesText(const std::vector<std::string>& numbers);

// One asking side and those whom it asks.
struct Askers {
  std::vector<std::string> askers;
  std::vector<std::string> answerers;
};

// The pairs of the box, askers that ask the same ones together. Where agencies of more than two States ask each other
// across all borders, that is said in one: the answerers are then "any of them in another State".
std::vector<Askers> WhoAsksWhom(const Space& space, const Box& box);

// "WATCHLIST_CHECK or TRAFFICKING_REFER"; "any operation".
std::string OperationsText(const Space& space, const Box& box);
// "BORDER_CHECK"; "any purpose".
std::string PurposesText(const Space& space, const Box& box);
// "WATCHLIST"; "any kind of".
std::string KindsText(const Space& space, const Box& box);

// What the box asks of facts: "AGE is 18 to 20 and NATIONALITY is ASKER or unknown"; empty if it asks nothing.
std::string ConditionsText(const Space& space, const Box& box);

// What a condition asks, as a rule says it: "AGE is at least 18".
std::string ToText(const v1::Condition& condition);

}  // namespace tamga::policy::analysis
