// Treaties as rules of another policy language. Written from treaty.proto and attributes.h, not from the code that it
// checks: no test is compiled, no view is asked.
//
// What other engines lack is written into the rules. Time: the rules are those of one day, with the pairs of States
// between which they are in force. Stages: they are those of one stage. Trust: a fact stands in a request once for each
// level of trust that a rule asks for ("AGE__L3": known at least LOCAL), so that "known too weakly" is absence.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "tests/oracle/force.h"
#include "tests/oracle/sample.h"

namespace tamga::policy::oracle {

struct Dialect {
  std::string (*value_of)(const std::string& field);
  std::string (*has)(const std::string& field);
  // Whether the value of a field is one of these (quoted) texts.
  std::string (*is_among)(const std::string& field, const std::string& list);
  // Whether a prohibition that asks for an absent field ends in an error that names it, which stands for "holds
  // unless". Otherwise it has to say by itself that it holds.
  bool absence_is_an_error = false;
};

// One rule for one operation.
struct ExportedRule {
  std::string id;  // "TREATY/rule@WATCHLIST_CHECK"
  bool permits = false;
  std::string operation;
  std::string condition;
};

std::vector<ExportedRule> Export(const Force& force, Stage stage, const Dialect& dialect);

// "TREATY/rule".
std::string RuleOf(absl::string_view exported_id);

using Fields = std::map<std::string, std::variant<std::string, bool, int64_t>>;

// Names of the facts that any rule of a law asks for, with their level of trust.
std::set<std::string> FactsAskedFor(const Law& law);

// A case as fields; its operation is not among them. `facts`: those to write.
Fields Export(const Law& law, const Question& question, const std::set<std::string>& facts);

}  // namespace tamga::policy::oracle
