// What an analysis has to say about a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/analysis/point.h"

namespace tamga::policy::analysis {

enum class Severity {
  kError,    // the treaty must not be ratified so
  kWarning,  // a rule does not do what it seems to
  kNote      // to be read
};

enum class Check {
  kDeadGrant,             // matches nothing, or only what is forbidden
  kShadowedGrant,         // others grant all of it, tell as much and demand no more
  kObligationTwins,       // two grants that differ in what they demand alone
  kIdleRule,              // a prohibition, ceiling or duty that meets no grant
  kInvariantRefuted,      // what must never be permitted is
  kInvariantProved,       // it never is
  kOneWay,                // one State may ask, the other may not
  kUnjustifiedClasses,    // classes that can endanger a person, without a reason
  kObligationUnbearable,  // nobody can bear or discharge it
  kUnsupported,           // no article's text says so
  kNotDecided             // the budget did not suffice
};

struct Finding {
  Severity severity = Severity::kNote;
  Check check = Check::kNotDecided;
  std::string document;               // treaty or overlay
  std::string rule;                   // id
  std::vector<std::string> articles;  // numbers, as the rule cites them
  std::string sentence;               // complete, names the rule
  std::optional<Point> witness;

  friend bool operator==(const Finding&, const Finding&) = default;
};

// "error", "warning", "note".
absl::string_view NameOf(Severity severity);

// "dead-grant".
absl::string_view NameOf(Check check);

// "warning: READMISSION-KAZ-KGZ submit (article 2): The grant … [dead-grant]", and the witness on a second line.
std::string ToText(const Finding& finding);

}  // namespace tamga::policy::analysis
