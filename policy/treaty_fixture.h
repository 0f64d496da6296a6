// Treaties and questions that the tests of this folder share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/treaty_set.h"

namespace tamga::policy {

// A small valid treaty between AAA and BBB, in force from 2020-01-01 (BBB: until 2030-01-01), with one grant "check" on
// watchlist checks for BORDER_CHECK and one prohibition "asylum" on them.
std::string SmallTreaty();

// `text` with the only occurrence of `from` replaced.
std::string With(std::string text, absl::string_view from, absl::string_view to);

// Ends the test program if the text is not a valid treaty.
TreatyDocument Document(absl::string_view text);
TreatySet SetOf(const std::vector<std::string>& texts);

absl::Time Day(absl::string_view day);  // noon

// AAA/police asks BBB/police what SmallTreaty permits, no asylum claim open.
Question SmallQuestion();

}  // namespace tamga::policy
