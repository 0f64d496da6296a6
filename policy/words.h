// Tests, facts and obligations in words.
#pragma once

#include <string>

#include "policy/condition.h"
#include "policy/facts.h"
#include "policy/obligations.h"

namespace tamga::policy {

// "AGE were at least 18", "ALERT_CATEGORY were ARREST or SENTENCE"; `verb` stands between the two.
std::string InWords(const Test& test, absl::string_view verb);

// The opposite: "AGE must be known to be below 18".
std::string Otherwise(const Test& test);

// "YES", "ARREST", "17" or "unknown".
std::string InWords(const Facts& facts, v1::Attribute attribute);

// "what was received is erased after 30 days (answerer)".
std::string InWords(const v1::Obligation& obligation);

}  // namespace tamga::policy
