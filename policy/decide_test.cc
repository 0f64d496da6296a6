#include "policy/decide.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/matchers.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Decision DecideSmall(const Question& question, Stage stage = Stage::kRequestEgress,
                     absl::Time now = Day("2024-06-01")) {
  return SetOf({SmallTreaty()}).Decide(question, stage, now);
}

TEST(DecideTest, PermitsWhatAGrantServes) {
  const TreatySet set = SetOf({SmallTreaty()});
  const Decision decision = set.Decide(SmallQuestion(), Stage::kRequestEgress, Day("2024-06-01"));
  EXPECT_TRUE(decision.permitted);
  EXPECT_EQ(decision.reason, "PERMITTED");
  EXPECT_EQ(decision.treaty_id, "SMALL");
  EXPECT_EQ(decision.treaty_sha256, set.Find("SMALL")->sha256);
  EXPECT_THAT(decision.articles, ElementsAre("SMALL art. 1"));
  EXPECT_EQ(decision.explanation, "Permitted by SMALL art. 1.");
  EXPECT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_PARTIAL);
  EXPECT_THAT(decision.request.classes(), ElementsAre(v1::DATA_CLASS_IDENTITY));
  EXPECT_EQ(decision.request.on_excess(), v1::ON_EXCESS_WITHHOLD);
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_REFERENCE);
  EXPECT_EQ(decision.answer_within_days, 10u);
  EXPECT_TRUE(decision.obligations.empty());
  EXPECT_TRUE(decision.may_be_told);
  EXPECT_THAT(decision.missing, IsEmpty());
}

TEST(DecideTest, IsInForceFromTheFirstInstantOfItsFirstDayToTheLastOfItsLast) {
  const TreatySet set = SetOf({SmallTreaty()});
  const absl::Duration tick = absl::Nanoseconds(1);
  const absl::Time from = Midnight("2020-01-01"), until = Midnight("2030-01-01");
  const auto reason_at = [&](absl::Time now) { return set.Decide(SmallQuestion(), Stage::kRequestEgress, now).reason; };
  EXPECT_EQ(reason_at(from - tick), "TREATY_NOT_IN_FORCE");
  EXPECT_EQ(reason_at(from), "PERMITTED");
  EXPECT_EQ(reason_at(until - tick), "PERMITTED");
  EXPECT_EQ(reason_at(until), "TREATY_NOT_IN_FORCE");
}

TEST(DecideTest, SaysForWhomATreatyIsNotInForce) {
  const Decision decision = DecideSmall(SmallQuestion(), Stage::kRequestEgress, Day("2031-01-01"));
  EXPECT_EQ(decision.treaty_id, "");
  EXPECT_THAT(decision.missing,
              ElementsAre("SMALL art. 1 is not in force between AAA and BBB (from 2020-01-01 until 2030-01-01)"));
  Question cited = SmallQuestion();
  cited.treaty_id = "SMALL";
  cited.answerer = "CCC/police";
  const Decision outside = DecideSmall(cited);
  EXPECT_EQ(outside.reason, "TREATY_NOT_IN_FORCE");
  EXPECT_EQ(outside.treaty_id, "SMALL");
  EXPECT_THAT(outside.missing, ElementsAre("SMALL does not bind CCC"));
}

TEST(DecideTest, RefusesATreatyThatItDoesNotHave) {
  Question question = SmallQuestion();
  question.treaty_id = "SMALLER";
  const Decision decision = DecideSmall(question);
  EXPECT_EQ(decision.reason, "TREATY_UNKNOWN");
  EXPECT_EQ(decision.treaty_id, "");
  EXPECT_THAT(decision.explanation, HasSubstr("SMALLER"));
}

TEST(DecideTest, NamesWhatWouldHaveToDiffer) {
  Question question = SmallQuestion();
  question.purpose = v1::PURPOSE_MIGRATION_CONTROL;
  EXPECT_THAT(DecideSmall(question).missing,
              ElementsAre("SMALL art. 1 would serve if the purpose were BORDER_CHECK (asked: MIGRATION_CONTROL)"));
  question.asker = "AAA/border";
  EXPECT_THAT(DecideSmall(question).missing,
              ElementsAre("SMALL art. 1 would serve if the asker were AAA/police (is: AAA/border) and the purpose were "
                          "BORDER_CHECK (asked: MIGRATION_CONTROL)"));
  question = SmallQuestion();
  question.answerer = "BBB/customs";
  EXPECT_THAT(DecideSmall(question).missing,
              ElementsAre("SMALL art. 1 would serve if the answerer were BBB/police (is: BBB/customs)"));
  question = SmallQuestion();
  question.record_kind = v1::RECORD_KIND_TRAFFICKING;
  EXPECT_THAT(DecideSmall(question).missing, IsEmpty()) << "a grant on another kind of record is not near";
}

TEST(DecideTest, ADenialTellsNothing) {
  Question question = SmallQuestion();
  question.purpose = v1::PURPOSE_MIGRATION_CONTROL;
  const Decision decision = DecideSmall(question);
  EXPECT_EQ(decision.reason, "NO_GRANT");
  EXPECT_EQ(decision.request.level(), v1::DISCLOSURE_LEVEL_NONE);
  EXPECT_EQ(decision.reply.level(), v1::DISCLOSURE_LEVEL_NONE);
  EXPECT_THAT(decision.request.classes(), IsEmpty());
  EXPECT_THAT(decision.articles, IsEmpty());
}

TEST(DecideTest, ListsTheThreeNearestGrantsNearestFirst) {
  std::vector<std::string> texts;
  for (const char* id : {"A", "B", "C", "D"}) {
    texts.push_back(With(With(SmallTreaty(), "\"SMALL\"", absl::StrCat("\"", id, "\"")), "PURPOSE_BORDER_CHECK",
                         absl::string_view(id) == "D" ? "PURPOSE_BORDER_CHECK" : "PURPOSE_COUNTER_TERRORISM"));
  }
  Question question = SmallQuestion();
  question.asker = "AAA/border";
  const Decision decision = SetOf(texts).Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
  ASSERT_EQ(decision.missing.size(), 3u);
  EXPECT_THAT(decision.missing[0], HasSubstr("D art. 1 would serve if the asker were AAA/police"));
  EXPECT_THAT(decision.missing[1], HasSubstr("A art. 1"));
  EXPECT_THAT(decision.missing[2], HasSubstr("B art. 1"));
}

TEST(DecideTest, SpeaksOfOtherStatesTreatiesLastOrNotAtAll) {
  // What AAA has with CCC is nearer to the questions than what it has with BBB.
  std::string others = With(SmallTreaty(), "\"SMALL\"", "\"OTHERS\"");
  absl::StrReplaceAll({{"BBB", "CCC"}}, &others);
  const TreatySet set = SetOf({others, With(SmallTreaty(), "PURPOSE_BORDER_CHECK", "PURPOSE_COUNTER_TERRORISM")});
  Question question = SmallQuestion();
  const auto missing = [&] { return set.Decide(question, Stage::kRequestEgress, Day("2024-01-01")).missing; };
  EXPECT_THAT(missing(),
              ElementsAre("SMALL art. 1 would serve if the purpose were COUNTER_TERRORISM (asked: BORDER_CHECK)"));
  question.asker = "AAA/border";
  EXPECT_THAT(missing(), ElementsAre("SMALL art. 1 would serve if the asker were AAA/police (is: AAA/border) and the "
                                     "purpose were COUNTER_TERRORISM (asked: BORDER_CHECK)"));
  question = SmallQuestion();
  question.answerer = "DDD/police";
  EXPECT_THAT(missing(), ElementsAre("OTHERS does not bind DDD", "SMALL does not bind DDD"));
}

TEST(DecideTest, NamesAnotherTreatyThatWouldServe) {
  const TreatySet set = SetOf({SmallTreaty(), With(With(SmallTreaty(), "\"SMALL\"", "\"OTHER\""),
                                                   "PURPOSE_BORDER_CHECK", "PURPOSE_COUNTER_TERRORISM")});
  Question question = SmallQuestion();
  question.treaty_id = "OTHER";
  const Decision decision = set.Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_EQ(decision.reason, "NO_GRANT");
  EXPECT_EQ(decision.treaty_id, "OTHER");
  EXPECT_EQ(decision.missing[0], "SMALL art. 1 would serve if it were cited (cited: OTHER)");
}

TEST(DecideTest, ValuesThatItDoesNotKnowMatchNothing) {
  for (const int operation : {0, 3, 63, 64, 1000, -1}) {
    Question question = SmallQuestion();
    question.operation = static_cast<v1::Operation>(operation);
    EXPECT_EQ(DecideSmall(question).reason, "NO_GRANT") << operation;
  }
  for (const int value : {0, 64, 1000, -1}) {
    Question question = SmallQuestion();
    question.purpose = static_cast<v1::Purpose>(value);
    EXPECT_EQ(DecideSmall(question).reason, "NO_GRANT") << value;
    question = SmallQuestion();
    question.record_kind = static_cast<v1::RecordKind>(value);
    EXPECT_EQ(DecideSmall(question).reason, "NO_GRANT") << value;
  }
  for (const char* agency : {"", "AAA", "AAA/", "/police", "aaa/police", "AAA/police/x"}) {
    Question question = SmallQuestion();
    question.asker = agency;
    EXPECT_FALSE(DecideSmall(question).permitted) << agency;
  }
}

TEST(DecideTest, ATreatyBetweenStatesDoesNotServeWithinOne) {
  const std::string open = With(SmallTreaty(), "    askers: \"AAA/police\"\n", "");
  Question question = SmallQuestion();
  question.answerer = "AAA/border";
  const Decision decision = SetOf({open}).Decide(question, Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_EQ(decision.reason, "NO_GRANT");
  EXPECT_THAT(decision.missing, IsEmpty());
}

}  // namespace
}  // namespace tamga::policy
