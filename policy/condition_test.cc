#include "policy/condition.h"

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "node/base/check.h"

namespace tamga::policy {
namespace {

// A rule's tests from the text of its conditions.
Tests TestsOf(const std::string& conditions) {
  v1::Grant grant;
  TAMGA_CHECK(google::protobuf::TextFormat::ParseFromString(conditions, &grant));
  return CompileTests(grant.when());
}

constexpr auto kCheck = v1::OPERATION_WATCHLIST_CHECK;
constexpr auto kSubmit = v1::OPERATION_READMISSION_SUBMIT;

TEST(ConditionTest, TestsOfOneAttributeAreIntersected) {
  const Tests tests = TestsOf(
      "when { attribute: ATTRIBUTE_AGE at_least: 18 } when { attribute: ATTRIBUTE_AGE at_most: 60 } "
      "when { attribute: ATTRIBUTE_AGE at_least: 21 }");
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].at_least, 21);
  EXPECT_EQ(tests[0].at_most, 60);
}

TEST(ConditionTest, NoneOfNeedsAKnownValue) {
  const Tests tests = TestsOf("when { attribute: ATTRIBUTE_NATIONALITY none_of: \"ASKER\" }");
  Facts facts;
  EXPECT_EQ(Evaluate(tests[0], facts), Truth::kUnknown);
  facts.SetChoice(v1::ATTRIBUTE_NATIONALITY, "STATELESS");
  EXPECT_EQ(Evaluate(tests[0], facts), Truth::kTrue);
  facts.SetChoice(v1::ATTRIBUTE_NATIONALITY, "ASKER");
  EXPECT_EQ(Evaluate(tests[0], facts), Truth::kFalse);
  facts.SetChoice(v1::ATTRIBUTE_NATIONALITY, "MARTIAN");
  EXPECT_EQ(Evaluate(tests[0], facts), Truth::kUnknown) << "a value from a newer peer is no knowledge";
}

TEST(ConditionTest, EveryChoiceOfEveryAttributeHasItsOwnBit) {
  for (const AttributeInfo& info : AllAttributes()) {
    EXPECT_EQ(FindAttribute(info.attribute), &info);
    for (size_t i = 0; i < info.choices.size(); ++i) {
      EXPECT_EQ(ChoiceNumber(info, info.choices[i]), static_cast<int64_t>(i) + 1);
    }
    EXPECT_LT(info.choices.size(), 63u);
  }
  EXPECT_EQ(AllAttributes().size() + 1, kAttributeSlots) << "an attribute without a row in the table";
  EXPECT_EQ(FindAttribute(0), nullptr);
  EXPECT_EQ(FindAttribute(1000), nullptr);
  EXPECT_EQ(FindAttribute(-1), nullptr);
}

TEST(ConditionTest, AFactKnownOnTooWeakGroundsIsNotKnown) {
  const Tests tests = TestsOf("when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_NO }");
  for (const v1::Provenance provenance : {v1::PROVENANCE_ASSERTED, v1::PROVENANCE_ATTESTED}) {
    Facts facts;
    facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO, provenance);
    EXPECT_EQ(Evaluate(tests[0], facts), Truth::kUnknown);
  }
  const Tests strict = TestsOf(
      "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_NO min_provenance: PROVENANCE_AUTHENTICATED }");
  Facts facts;
  facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  EXPECT_EQ(Evaluate(tests[0], facts), Truth::kTrue);
  EXPECT_EQ(Evaluate(strict[0], facts), Truth::kUnknown);
}

TEST(ConditionTest, NumbersOutsideTheirRangeAreNotKnown) {
  Facts facts;
  for (const int64_t age : {-1, 151, 1'000'000}) {
    facts.SetNumber(v1::ATTRIBUTE_AGE, 30);
    facts.SetNumber(v1::ATTRIBUTE_AGE, age);
    EXPECT_FALSE(facts.Get(v1::ATTRIBUTE_AGE).known()) << age;
  }
  facts.SetFlag(v1::ATTRIBUTE_AGE, v1::TERNARY_YES);
  EXPECT_FALSE(facts.Get(v1::ATTRIBUTE_AGE).known()) << "a number is no flag";
}

TEST(ConditionTest, AGrantOnAFactOfTheRecordServesOnConditionUntilTheHolderDecides) {
  const Tests tests = TestsOf("when { attribute: ATTRIBUTE_ALERT_CATEGORY any_of: \"ARREST\" }");
  const Facts unknown;
  EXPECT_EQ(MatchGrant(tests, unknown, kCheck, Stage::kRequestEgress), Match::kLater);
  EXPECT_EQ(MatchGrant(tests, unknown, kCheck, Stage::kRequestIngress), Match::kLater);
  EXPECT_EQ(MatchGrant(tests, unknown, kCheck, Stage::kReplyEgress), Match::kNo);
  EXPECT_EQ(MatchGrant(tests, unknown, kCheck, Stage::kReplyIngress), Match::kYes) << "the holder has let it pass";
  EXPECT_EQ(MatchGrant(tests, unknown, kSubmit, Stage::kRequestEgress), Match::kNo) << "the asker holds the record";
}

TEST(ConditionTest, AProhibitionIsJudgedWhenTheLastOfItsFactsMustBeKnown) {
  const Tests tests = TestsOf(
      "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES } "
      "when { attribute: ATTRIBUTE_ALERT_CATEGORY any_of: \"ARREST\" }");
  Facts facts;
  EXPECT_EQ(HitOf(tests, facts, kCheck, Stage::kRequestEgress), Hit::kLater);
  EXPECT_EQ(HitOf(tests, facts, kCheck, Stage::kReplyEgress), Hit::kUnknown);
  EXPECT_EQ(HitOf(tests, facts, kCheck, Stage::kReplyIngress), Hit::kNo);
  facts.SetChoice(v1::ATTRIBUTE_ALERT_CATEGORY, "SANCTION");
  EXPECT_EQ(HitOf(tests, facts, kCheck, Stage::kReplyEgress), Hit::kNo) << "one fact known to be otherwise lifts it";
  facts.SetChoice(v1::ATTRIBUTE_ALERT_CATEGORY, "ARREST");
  facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES);
  for (const Stage stage : {Stage::kRequestEgress, Stage::kRequestIngress, Stage::kReplyEgress, Stage::kReplyIngress}) {
    EXPECT_EQ(HitOf(tests, facts, kCheck, stage), Hit::kYes) << "what is known counts at every stage";
  }
}

}  // namespace
}  // namespace tamga::policy
