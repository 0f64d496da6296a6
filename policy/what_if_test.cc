#include "policy/what_if.h"

#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "policy/decision_record.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExchange[] = "0197a3f0-0000-7000-8000-000000000001";

// What `treaties` decide, on record.
v1::DecisionRecord Decided(const TreatySet& treaties, const Question& question, Stage stage = Stage::kRequestEgress) {
  const absl::Time at = Day("2024-01-01");
  return RecordOf(kExchange, question, stage, at, treaties.Decide(question, stage, at));
}

TEST(DecisionRecordTest, AQuestionIsTakenUpAgainAsItWasPut) {
  Question question = SmallQuestion();
  question.treaty_id = "SMALL";
  question.approvals = 2;
  question.facts.SetNumber(v1::ATTRIBUTE_AGE, 0);
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 7, v1::PROVENANCE_AUTHENTICATED);
  question.facts.SetChoice(v1::ATTRIBUTE_NATIONALITY, "STATELESS", v1::PROVENANCE_ASSERTED);
  for (const Stage stage : {Stage::kRequestEgress, Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress}) {
    const v1::DecisionRecord record = Decided(SetOf({SmallTreaty()}), question, stage);
    const Question again = QuestionOf(record);
    EXPECT_EQ(again.asker, question.asker);
    EXPECT_EQ(again.answerer, question.answerer);
    EXPECT_EQ(again.record_kind, question.record_kind);
    EXPECT_EQ(again.operation, question.operation);
    EXPECT_EQ(again.purpose, question.purpose);
    EXPECT_EQ(again.treaty_id, question.treaty_id);
    EXPECT_EQ(again.approvals, question.approvals);
    EXPECT_EQ(again.facts, question.facts);
    EXPECT_EQ(StageOf(record.stage()), stage);
  }
}

TEST(WhatIfTest, TheSameTreatiesDecideTheSame) {
  const TreatySet treaties = SetOf({SmallTreaty()});
  Question denied = SmallQuestion();
  denied.purpose = v1::PURPOSE_READMISSION;
  Question unknown = SmallQuestion();
  unknown.facts = Facts();
  for (const Question& question : {SmallQuestion(), denied, unknown}) {
    const Redecision again = DecideAgain(treaties, Decided(treaties, question));
    EXPECT_EQ(again.flip, Flip::kNone) << again.before;
    EXPECT_EQ(again.before, again.after);
  }
}

TEST(WhatIfTest, ANewTextThatSaysTheSameIsNoDifference) {
  const TreatySet after = SetOf({With(SmallTreaty(), "Forbids.", "Forbids it.")});
  EXPECT_EQ(DecideAgain(after, Decided(SetOf({SmallTreaty()}), SmallQuestion())).flip, Flip::kNone);
}

TEST(WhatIfTest, WhatChangesIsTold) {
  const TreatySet before = SetOf({SmallTreaty()});
  const auto after = [&](absl::string_view from, absl::string_view to) {
    return DecideAgain(SetOf({With(SmallTreaty(), from, to)}), Decided(before, SmallQuestion()));
  };
  const Redecision denied = after("purposes: PURPOSE_BORDER_CHECK", "purposes: PURPOSE_READMISSION");
  EXPECT_EQ(denied.flip, Flip::kNowDenied);
  EXPECT_EQ(denied.before, "PERMITTED by SMALL art. 1");
  EXPECT_EQ(denied.after, "NO_GRANT");
  EXPECT_EQ(after("cites: \"1\"", "cites: \"2(b)\"").flip, Flip::kOtherTerms);
  const Redecision less =
      after("reply { level: DISCLOSURE_LEVEL_REFERENCE }", "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }");
  EXPECT_EQ(less.flip, Flip::kOtherTerms);
  EXPECT_THAT(less.before, HasSubstr("PERMITTED by SMALL art. 1; the reply may tell: REFERENCE"));
  EXPECT_THAT(less.after, HasSubstr("PERMITTED by SMALL art. 1; the reply may tell: HIT_NO_HIT"));
  const Redecision duty = after("answer_within_days: 10",
                                "obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 }");
  EXPECT_EQ(duty.flip, Flip::kOtherTerms);
  EXPECT_THAT(duty.before, HasSubstr("PERMITTED by SMALL art. 1; in return: "));
  EXPECT_THAT(duty.after, HasSubstr("erased after 30 days"));
  EXPECT_THAT(duty.before, Not(HasSubstr("erased after 30 days")));

  Question asylum = SmallQuestion();
  asylum.facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES);
  const v1::DecisionRecord forbidden = Decided(before, asylum);
  const TreatySet lifted = SetOf({With(SmallTreaty(), "is: TERNARY_YES", "is: TERNARY_NO")});
  EXPECT_EQ(DecideAgain(lifted, forbidden).flip, Flip::kNowPermitted);
  EXPECT_EQ(DecideAgain(SetOf(std::vector<std::string>()), forbidden).flip, Flip::kOtherReason);
}

}  // namespace
}  // namespace tamga::policy
