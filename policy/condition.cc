#include "policy/condition.h"

#include <algorithm>

#include "node/base/check.h"

namespace tamga::policy {
namespace {

uint64_t AllChoices(const AttributeInfo& info) { return ((uint64_t{1} << info.choices.size()) - 1) << 1; }

uint64_t BitsOf(const AttributeInfo& info, const google::protobuf::RepeatedPtrField<std::string>& choices) {
  uint64_t bits = 0;
  for (const std::string& choice : choices) {
    const int64_t number = ChoiceNumber(info, choice);
    TAMGA_CHECK(number > 0);  // The reader has refused other values.
    bits |= uint64_t{1} << number;
  }
  return bits;
}

Test CompileTest(const v1::Condition& condition) {
  const AttributeInfo* info = FindAttribute(condition.attribute());
  TAMGA_CHECK(info != nullptr);  // The reader has refused unknown attributes.
  Test test;
  test.attribute = info->attribute;
  test.least = std::max(info->least, condition.min_provenance());
  test.knower = info->knower;
  switch (info->type) {
    case ValueType::kFlag:
      test.allowed = uint64_t{1} << condition.is();
      break;
    case ValueType::kChoice:
      test.allowed = condition.any_of().empty() ? AllChoices(*info) : BitsOf(*info, condition.any_of());
      test.allowed &= ~BitsOf(*info, condition.none_of());
      break;
    case ValueType::kNumber:
      test.is_number = true;
      test.at_least = condition.has_at_least() ? condition.at_least() : info->min;
      test.at_most = condition.has_at_most() ? condition.at_most() : info->max;
      break;
  }
  return test;
}

void Narrow(const Test& more, Test* test) {
  test->least = std::max(test->least, more.least);
  test->allowed &= more.allowed;
  test->at_least = std::max(test->at_least, more.at_least);
  test->at_most = std::min(test->at_most, more.at_most);
}

}  // namespace

Tests CompileTests(const google::protobuf::RepeatedPtrField<v1::Condition>& conditions) {
  Tests tests;
  for (const v1::Condition& condition : conditions) {
    const Test test = CompileTest(condition);
    const auto same = std::find_if(tests.begin(), tests.end(),
                                   [&](const Test& earlier) { return earlier.attribute == test.attribute; });
    if (same == tests.end()) {
      tests.push_back(test);
    } else {
      Narrow(test, &*same);
    }
  }
  return tests;
}

Match MatchGrant(const Tests& tests, const Facts& facts, v1::Operation operation, Stage stage) {
  Match match = Match::kYes;
  for (const Test& test : tests) {
    const Truth truth = Evaluate(test, facts);
    if (truth == Truth::kTrue) continue;
    const Stage judged = JudgedAt(test.knower, operation);
    if (truth == Truth::kFalse || stage == judged) return Match::kNo;
    if (stage < judged) match = Match::kLater;
  }
  return match;
}

Hit HitOf(const Tests& tests, const Facts& facts, v1::Operation operation, Stage stage) {
  bool is_known = true;
  Stage judged = Stage::kRequestEgress;
  for (const Test& test : tests) {
    const Truth truth = Evaluate(test, facts);
    if (truth == Truth::kFalse) return Hit::kNo;
    if (truth == Truth::kUnknown) is_known = false;
    judged = std::max(judged, JudgedAt(test.knower, operation));
  }
  if (is_known) return Hit::kYes;
  if (stage < judged) return Hit::kLater;
  return stage == judged ? Hit::kUnknown : Hit::kNo;
}

}  // namespace tamga::policy
