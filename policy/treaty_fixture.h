// Treaties, law and questions that the tests of this folder share.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/treaty_set.h"

namespace tamga::policy {

// A small valid treaty between AAA and BBB with one grant "check" on watchlist checks for BORDER_CHECK and one
// prohibition "asylum" on them.
std::string SmallTreaty();

// `text` with the only occurrence of `from` replaced.
std::string With(std::string text, absl::string_view from, absl::string_view to);

// Ends the test program if the text is not a valid treaty.
TreatyDocument Document(absl::string_view text);

// By treaty and State: when the State is bound. Not named: BBB from 2020-01-01 to 2030-01-01, others from 2020-01-01.
using Terms = std::map<std::pair<std::string, std::string>, Span>;

// Rules that a State added.
struct Added {
  v1::Narrowing rules;
  std::string treaty_id;
  std::string origin;
};

// Law as if the States had made just these acts, without any skew of clocks.
TreatySet SetOf(const std::vector<std::string>& texts, const Terms& terms = {}, const std::vector<Added>& added = {});
TreatySet SetOf(std::vector<TreatyDocument> documents, const Terms& terms, const std::vector<Added>& added = {});

absl::Time Day(absl::string_view day);       // noon
absl::Time Midnight(absl::string_view day);  // its first instant

// The facts named; the rest is unknown.
Facts FactsOf(const std::map<v1::Attribute, v1::Ternary>& flags);

// AAA/police asks BBB/police what SmallTreaty permits, no asylum claim open.
Question SmallQuestion();

}  // namespace tamga::policy
