// What cases are decided by: treaties and what makes them law.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/treaty_set.h"
#include "tests/oracle/dice.h"

namespace tamga::policy::oracle {

struct Law {
  TreatySet treaties;
  std::vector<std::string> states;  // that are party to anything, sorted
  std::vector<std::string> days;    // on which cases are decided, at noon: far from the hour at which law changes
};

// The treaties and acts that come with Tamga, as if their States had signed them. Ends the program if they are not in
// the source tree.
Law ShippedLaw();

// A few small treaties between invented States, with every kind of rule, condition and way of being in force.
Law SyntheticLaw(Dice* dice);

absl::Time Noon(absl::string_view day);

// "KAZ" of "KAZ/border-service".
std::string StateIn(absl::string_view agency);

// "REFUGEE-1951-1967/no-readmission-of-refugees"; of a later version "A:2/check"; of a State's own rules
// "OVERLAY-AAA/o1".
std::string NameOf(const Rule& rule);
std::string NameIn(const TreatyDocument& document, absl::string_view rule_id);
std::string NameIn(const NarrowingLaw& narrowing, absl::string_view rule_id);

}  // namespace tamga::policy::oracle
