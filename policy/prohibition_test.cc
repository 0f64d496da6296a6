// When a prohibition hits, and whom it binds.
#include "node/base/matchers.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Decision DecideSmall(const Question& question, Stage stage = Stage::kRequestEgress,
                     absl::Time now = Day("2024-06-01")) {
  return SetOf({SmallTreaty()}).Decide(question, stage, now);
}

Question WithFact(v1::Ternary value) {
  Question question = SmallQuestion();
  question.facts = FactsOf({{v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, value}});
  return question;
}

TEST(ProhibitionTest, HitsWhenItsConditionHoldsAtEveryStage) {
  for (const Stage stage : {Stage::kRequestEgress, Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress}) {
    const Decision decision = DecideSmall(WithFact(v1::TERNARY_YES), stage);
    EXPECT_EQ(decision.reason, "FORBIDDEN");
    EXPECT_EQ(decision.treaty_id, "SMALL");
    EXPECT_THAT(decision.articles, ElementsAre("SMALL art. 2(b)"));
    EXPECT_FALSE(decision.may_be_told);
    EXPECT_EQ(decision.explanation, "Forbidden by SMALL art. 2(b), when ASYLUM_CLAIM_OPEN is YES.");
    EXPECT_TRUE(DecideSmall(WithFact(v1::TERNARY_NO), stage).permitted);
  }
}

TEST(ProhibitionTest, AnUnknownFactCountsAsFulfilledAtRequestEgressOnly) {
  Question unknown = SmallQuestion();
  unknown.facts = Facts();
  for (const Question& question : {unknown, WithFact(v1::TERNARY_UNSPECIFIED), WithFact(static_cast<v1::Ternary>(7))}) {
    const Decision decision = DecideSmall(question);
    EXPECT_EQ(decision.reason, "FACT_UNKNOWN");
    EXPECT_THAT(decision.missing, ElementsAre("ASYLUM_CLAIM_OPEN must be known to be NO (SMALL art. 2(b))"));
    EXPECT_FALSE(decision.may_be_told);
    for (const Stage stage : {Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress}) {
      EXPECT_TRUE(DecideSmall(question, stage).permitted);
    }
  }
}

TEST(ProhibitionTest, AMissingGrantIsNamedBeforeAnUnknownFactAndAKnownFactBeforeAMissingGrant) {
  Question question = SmallQuestion();
  question.purpose = v1::PURPOSE_MIGRATION_CONTROL;
  question.facts = Facts();
  EXPECT_EQ(DecideSmall(question).reason, "NO_GRANT");
  question.facts = FactsOf({{v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES}});
  EXPECT_EQ(DecideSmall(question).reason, "FORBIDDEN");
}

TEST(ProhibitionTest, OneConditionKnownNotToHoldOutweighsTheUnknownOnes) {
  const std::string two = With(SmallTreaty(), "is: TERNARY_YES }",
                               "is: TERNARY_YES } when { attribute: ATTRIBUTE_UNACCOMPANIED_MINOR is: TERNARY_NO }");
  const TreatySet set = SetOf({two});
  const auto reason = [&](const std::map<v1::Attribute, v1::Ternary>& flags) {
    Question question = SmallQuestion();
    question.facts = FactsOf(flags);
    return set.Decide(question, Stage::kRequestEgress, Day("2024-01-01")).reason;
  };
  const auto asylum = v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN;
  const auto minor = v1::ATTRIBUTE_UNACCOMPANIED_MINOR;
  EXPECT_EQ(reason({}), "FACT_UNKNOWN");
  EXPECT_EQ(reason({{asylum, v1::TERNARY_YES}}), "FACT_UNKNOWN");
  EXPECT_EQ(reason({{asylum, v1::TERNARY_NO}}), "PERMITTED");
  EXPECT_EQ(reason({{minor, v1::TERNARY_YES}}), "PERMITTED");
  EXPECT_EQ(reason({{minor, v1::TERNARY_NO}}), "FACT_UNKNOWN");
  EXPECT_EQ(reason({{asylum, v1::TERNARY_YES}, {minor, v1::TERNARY_NO}}), "FORBIDDEN");
  EXPECT_EQ(reason({{asylum, v1::TERNARY_YES}, {minor, v1::TERNARY_YES}}), "PERMITTED");
}

TEST(ProhibitionTest, WithoutConditionsForbidsAlways) {
  const std::string always = With(SmallTreaty(), "  when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }\n",
                                  "  may_be_told: true\n");
  for (const Stage stage : {Stage::kRequestEgress, Stage::kReplyIngress}) {
    const Decision decision = SetOf({always}).Decide(SmallQuestion(), stage, Day("2024-01-01"));
    EXPECT_EQ(decision.reason, "FORBIDDEN");
    EXPECT_TRUE(decision.may_be_told);
    EXPECT_THAT(decision.explanation, HasSubstr("in every case"));
  }
}

// A treaty that binds AAA and CCC, with a prohibition alone.
std::string Floor() {
  std::string text = With(SmallTreaty(), "\"SMALL\"", "\"FLOOR\"");
  text = With(text, "state: \"BBB\"", "state: \"CCC\"");
  text = With(text, "BBB/police", "CCC/police");
  text = With(text, "ASYLUM_CLAIM_OPEN", "TRAFFICKING_INDICATOR");
  const size_t grant = text.find("grants");
  return text.erase(grant, text.find("prohibitions") - grant);
}

TEST(ProhibitionTest, BindsTheAskingStateTowardsAStateThatIsNotAParty) {
  const TreatySet set = SetOf({SmallTreaty(), Floor()});
  Question question = SmallQuestion();
  EXPECT_EQ(set.Decide(question, Stage::kRequestEgress, Day("2024-01-01")).reason, "FACT_UNKNOWN");
  question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_YES);
  question.treaty_id = "SMALL";
  const Decision decision = set.Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_EQ(decision.reason, "FORBIDDEN") << "though another treaty is cited";
  EXPECT_EQ(decision.treaty_id, "FLOOR");
  question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  EXPECT_TRUE(set.Decide(question, Stage::kRequestEgress, Day("2024-01-01")).permitted);
}

TEST(ProhibitionTest, DoesNotBindAnAskingStateOutsideTheTreatyOrBeforeItsTime) {
  const std::string both_ways = With(SmallTreaty(), "    askers: \"AAA/police\"\n", "");
  const TreatySet set = SetOf({both_ways, Floor()}, {{{"FLOOR", "AAA"}, {Midnight("2025-01-01")}}});
  Question question = SmallQuestion();
  EXPECT_TRUE(set.Decide(question, Stage::kRequestEgress, Day("2024-12-31")).permitted);
  EXPECT_EQ(set.Decide(question, Stage::kRequestEgress, Day("2025-01-01")).reason, "FACT_UNKNOWN");
  std::swap(question.asker, question.answerer);
  EXPECT_TRUE(set.Decide(question, Stage::kRequestEgress, Day("2025-01-01")).permitted);
}

TEST(ProhibitionTest, SeveralHitsAreToldOnlyIfEachMayBe) {
  const std::string told = With(Floor(), "TERNARY_YES }", "TERNARY_YES }\n  may_be_told: true");
  Question question = SmallQuestion();
  question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_YES);
  const TreatySet set = SetOf({SmallTreaty(), told});
  EXPECT_TRUE(set.Decide(question, Stage::kRequestEgress, Day("2024-01-01")).may_be_told);
  question.facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES);
  const Decision both = set.Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_FALSE(both.may_be_told);
  EXPECT_THAT(both.articles, ElementsAre("FLOOR art. 2(b)", "SMALL art. 2(b)"));
}

}  // namespace
}  // namespace tamga::policy
