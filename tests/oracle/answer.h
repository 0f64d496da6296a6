// What another engine says to a case, and whether the node's own engine says the same.
#pragma once

#include <set>
#include <string>

#include "tests/oracle/sample.h"

namespace tamga::policy::oracle {

struct Answer {
  bool allows = false;
  std::set<std::string> deciding;  // when it allows the grants that serve, otherwise the prohibitions that hold
  std::set<std::string> unknown;   // prohibitions that ended in an error, for a fact that is not known

  friend bool operator==(const Answer&, const Answer&) = default;
};

// "allow A/check,B/check A/asylum"; a set that is empty is "-".
std::string TextOf(const Answer& answer);
// Ends the program if the text is none that TextOf gives.
Answer AnswerOf(absl::string_view text);

// Empty if the own engine agrees. `names_prohibitions`: see Engine.
std::string Difference(const Sample& sample, const Case& of, const Answer& answer, bool names_prohibitions);

// The reason that the own engine gives ("FORBIDDEN").
std::string ReasonOf(const Sample& sample, const Case& of);

}  // namespace tamga::policy::oracle
