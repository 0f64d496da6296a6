// What boxes answer, beside what an SMT solver says of the same treaties. The questions are written from the rules'
// text in linear integer arithmetic, sharing nothing with boxes. Needs the program `z3` (script/bootstrap); without it
// the test is skipped.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "policy/analysis/checks.h"
#include "policy/analysis/diff.h"
#include "policy/analysis/fixture.h"
#include "policy/analysis/region.h"

namespace tamga::policy::analysis {
namespace {

constexpr uint64_t kSeeds = 12;

// The agencies of the fixture's treaties: 0 to 2 are named, the others stand for the rest of AAA, BBB and the world.
constexpr const char* kAgencies[] = {"AAA/border", "AAA/police", "BBB/police", "AAA/other", "BBB/other", "ZZZ/other"};

std::string And(const std::vector<std::string>& parts) {
  return parts.empty() ? "true" : absl::StrCat("(and true ", absl::StrJoin(parts, " "), ")");
}

std::string Or(const std::vector<std::string>& parts) {
  return parts.empty() ? "false" : absl::StrCat("(or false ", absl::StrJoin(parts, " "), ")");
}

std::string Not(const std::string& part) { return absl::StrCat("(not ", part, ")"); }

std::string Is(absl::string_view variable, int64_t value) { return absl::StrCat("(= ", variable, " ", value, ")"); }

// "v5" and "p5": value of attribute 5 and its provenance, 0 if it is not known.
std::string Value(v1::Attribute attribute) { return absl::StrCat("v", static_cast<int>(attribute)); }
std::string Provenance(v1::Attribute attribute) { return absl::StrCat("p", static_cast<int>(attribute)); }

std::string Declarations() {
  std::vector<std::string> lines = {"(set-logic QF_LIA)"};
  const auto declare = [&](const std::string& name, int64_t from, int64_t to) {
    lines.push_back(absl::StrCat("(declare-const ", name, " Int)(assert (<= ", from, " ", name, " ", to, "))"));
  };
  declare("asker", 0, 5);
  declare("answerer", 0, 5);
  declare("kind", 1, 3);
  declare("purpose", 1, 8);
  declare("operation", 0, 22);
  lines.push_back("(assert (or (< asker answerer) (> asker answerer)))");
  lines.push_back("(assert (or (= operation 1) (= operation 2) (= operation 10) (>= operation 20)))");
  for (const AttributeInfo& info : AllAttributes()) {
    declare(Provenance(info.attribute), 0, 4);
    if (info.type == ValueType::kNumber) declare(Value(info.attribute), info.min, info.max);
    if (info.type == ValueType::kFlag) declare(Value(info.attribute), 1, 2);
    if (info.type == ValueType::kChoice) {
      declare(Value(info.attribute), 1, static_cast<int64_t>(info.choices.size()));
    }
  }
  return absl::StrJoin(lines, "\n");
}

template <typename List>
std::string SideIn(absl::string_view variable, const List& names) {
  if (names.empty()) return "true";
  std::vector<std::string> parts;
  for (int i = 0; i < 6; ++i) {
    for (const std::string& name : names) {
      if (name == kAgencies[i] || name == std::string(kAgencies[i]).substr(0, 3)) parts.push_back(Is(variable, i));
    }
  }
  return Or(parts);
}

template <typename List>
std::string NumberIn(absl::string_view variable, const List& numbers) {
  if (numbers.empty()) return "true";
  std::vector<std::string> parts;
  for (const int number : numbers) parts.push_back(Is(variable, number));
  return Or(parts);
}

std::string ScopeFormula(const v1::Scope& scope) {
  return And({SideIn("asker", scope.askers()), SideIn("answerer", scope.answerers()),
              NumberIn("kind", scope.record_kinds()), NumberIn("operation", scope.operations()),
              NumberIn("purpose", scope.purposes())});
}

std::string TestFormula(const v1::Condition& condition, bool or_unknown) {
  const AttributeInfo& info = *FindAttribute(condition.attribute());
  const std::string value = Value(condition.attribute());
  std::vector<std::string> in;
  if (condition.is() != v1::TERNARY_UNSPECIFIED) in.push_back(Is(value, condition.is()));
  std::vector<std::string> any;
  for (const std::string& choice : condition.any_of()) any.push_back(Is(value, ChoiceNumber(info, choice)));
  if (!any.empty()) in.push_back(Or(any));
  for (const std::string& choice : condition.none_of()) in.push_back(Not(Is(value, ChoiceNumber(info, choice))));
  if (condition.has_at_least()) in.push_back(absl::StrCat("(>= ", value, " ", condition.at_least(), ")"));
  if (condition.has_at_most()) in.push_back(absl::StrCat("(<= ", value, " ", condition.at_most(), ")"));
  const std::string known = absl::StrCat("(>= ", Provenance(condition.attribute()), " ",
                                         std::max(info.least, condition.min_provenance()), ")");
  return or_unknown ? Or({Not(known), And(in)}) : And({known, And(in)});
}

template <typename RuleType>
std::string RuleFormula(const RuleType& rule, bool or_unknown) {
  std::vector<std::string> parts = {ScopeFormula(rule.scope())};
  for (const v1::Condition& condition : rule.when()) parts.push_back(TestFormula(condition, or_unknown));
  return And(parts);
}

std::string Formula(const v1::Grant& grant) {
  // Between competent authorities of different States: one side is BBB/police, the other one of AAA's two.
  const std::string across = Or({And({"(<= asker 1)", Is("answerer", 2)}), And({Is("asker", 2), "(<= answerer 1)"})});
  return And({RuleFormula(grant, false), across});
}

// What narrows binds exchanges of which one side is of AAA or BBB.
std::string Bound(const std::string& formula) { return And({formula, Or({"(<= asker 4)", "(<= answerer 4)"})}); }

std::string Formula(const v1::Prohibition& prohibition) {
  return Bound(RuleFormula(prohibition, prohibition.ignore_unknown_because().empty()));
}

std::string Forbidden(const v1::Treaty& treaty) {
  std::vector<std::string> parts;
  for (const v1::Prohibition& prohibition : treaty.prohibitions()) parts.push_back(Formula(prohibition));
  return Or(parts);
}

std::string PermittedFormula(const v1::Treaty& treaty) {
  std::vector<std::string> parts;
  for (const v1::Grant& grant : treaty.grants()) parts.push_back(Formula(grant));
  return And({Or(parts), Not(Forbidden(treaty))});
}

std::string TellingFormula(const v1::Treaty& treaty, v1::DataClass data_class) {
  std::vector<std::string> grants, ceilings;
  for (const v1::Grant& grant : treaty.grants()) {
    if (Holds(AllowedClasses(AllowanceOf(grant.reply())), data_class)) grants.push_back(Formula(grant));
  }
  for (const v1::Ceiling& ceiling : treaty.ceilings()) {
    if (ceiling.has_reply() && !Holds(AllowedClasses(AllowanceOf(ceiling.reply())), data_class)) {
      ceilings.push_back(Bound(RuleFormula(ceiling, true)));
    }
  }
  return And({Or(grants), Not(Forbidden(treaty)), Not(Or(ceilings))});
}

// A question and what boxes say: whether there is a situation for which the formula holds.
struct Question {
  std::string name;
  std::string formula;
  bool boxes_find_one = false;
};

// The solver's "sat" or "unsat", one a question.
std::vector<std::string> Ask(const std::vector<Question>& questions) {
  char path[] = "/tmp/tamga_z3_test.XXXXXX";
  close(mkstemp(path));
  std::ofstream file(path);
  file << Declarations() << "\n";
  for (const Question& question : questions) {
    file << "(push)\n(assert " << question.formula << ")\n(check-sat)\n(pop)\n";
  }
  file.close();
  std::FILE* solver = popen(absl::StrCat("z3 -smt2 -in < ", path).c_str(), "r");
  std::string output;
  for (char buffer[4096]; std::fgets(buffer, sizeof buffer, solver) != nullptr;) output += buffer;
  pclose(solver);
  unlink(path);
  return absl::StrSplit(output, '\n', absl::SkipEmpty());
}

bool IsThere(const std::vector<Finding>& findings, const std::string& rule) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.rule == rule; });
}

void AddQuestionsOf(const v1::Treaty& treaty, std::vector<Question>* questions) {
  const RuleBoxes rules = Compile({{&treaty}, {}});
  const std::vector<Finding> findings = CheckRules(rules);
  const std::vector<Conflict> conflicts = Conflicts(rules);
  for (const v1::Grant& grant : treaty.grants()) {
    questions->push_back({absl::StrCat("is anything left of ", grant.id()),
                          And({Formula(grant), Not(Forbidden(treaty))}),
                          !IsThere(Only(Check::kDeadGrant, findings), grant.id())});
    for (const v1::Prohibition& prohibition : treaty.prohibitions()) {
      questions->push_back({absl::StrCat("do ", grant.id(), " and ", prohibition.id(), " overlap"),
                            And({Formula(grant), Formula(prohibition)}),
                            std::any_of(conflicts.begin(), conflicts.end(), [&](const Conflict& conflict) {
                              return conflict.grant->id == grant.id() && conflict.prohibition->id == prohibition.id();
                            })});
    }
  }
  for (const v1::Invariant& invariant : treaty.invariants()) {
    questions->push_back({absl::StrCat("is ", invariant.id(), " broken"),
                          And({PermittedFormula(treaty), Bound(RuleFormula(invariant, false))}),
                          IsThere(Only(Check::kInvariantRefuted, findings), invariant.id())});
  }
}

void AddQuestionsOf(const v1::Treaty& before, const v1::Treaty& after, std::vector<Question>* questions) {
  const TreatyDiff diff = Diff(before, after);
  for (const bool widens : {true, false}) {
    const v1::Treaty& less = widens ? before : after;
    const v1::Treaty& more = widens ? after : before;
    const auto changes = [&](auto matches) {
      return std::any_of(diff.changes.begin(), diff.changes.end(),
                         [&](const Change& change) { return change.widens == widens && matches(change); });
    };
    const char* way = widens ? "more" : "less";
    questions->push_back({absl::StrCat("is ", way, " permitted"),
                          And({PermittedFormula(more), Not(PermittedFormula(less))}),
                          changes([](const Change& change) { return change.kind == Change::Kind::kPermitted; })});
    for (const v1::DataClass data_class : {v1::DATA_CLASS_OUTCOME, v1::DATA_CLASS_IDENTITY, v1::DATA_CLASS_BELIEF}) {
      questions->push_back({absl::StrCat("is ", way, " of ", v1::DataClass_Name(data_class), " told"),
                            And({TellingFormula(more, data_class), Not(TellingFormula(less, data_class))}),
                            changes([&](const Change& change) {
                              return change.kind == Change::Kind::kTold && change.direction == Direction::kReply &&
                                     Holds(change.classes, data_class);
                            })});
    }
  }
}

class Z3Test : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override {
    if (std::system("command -v z3 >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "there is no z3; script/bootstrap installs it";
  }
};

TEST_P(Z3Test, BoxesAnswerAsTheSolverDoes) {
  std::mt19937_64 random(1000 + GetParam());
  const v1::Treaty treaty = RandomTreaty(&random, 6, 5);
  std::vector<Question> questions;
  AddQuestionsOf(treaty, &questions);
  AddQuestionsOf(treaty, Amended(treaty, &random), &questions);
  const std::vector<std::string> answers = Ask(questions);
  ASSERT_EQ(answers.size(), questions.size()) << absl::StrJoin(answers, "\n");
  for (size_t i = 0; i < questions.size(); ++i) {
    EXPECT_EQ(answers[i], questions[i].boxes_find_one ? "sat" : "unsat") << questions[i].name;
  }
  RecordProperty("questions", static_cast<int>(questions.size()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Z3Test, testing::Range(uint64_t{1}, kSeeds + 1));

}  // namespace
}  // namespace tamga::policy::analysis
