#include "policy/analysis/diff.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "policy/analysis/fixture.h"

namespace tamga::policy::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Sentences(const TreatyDiff& diff) {
  std::vector<std::string> sentences;
  for (const Change& change : diff.changes) sentences.push_back(change.sentence);
  return sentences;
}

TreatyDiff DiffOf(absl::string_view before, absl::string_view after) { return Diff(Small(before), Small(after)); }

std::string Partial(absl::string_view classes) {
  return absl::StrCat("reply { level: DISCLOSURE_LEVEL_PARTIAL ", classes, " }");
}

std::string Age(absl::string_view limits) { return absl::StrCat("when { attribute: ATTRIBUTE_AGE ", limits, " } "); }

std::string Retain(absl::string_view days, absl::string_view bearer = "BEARER_ASKER") {
  return absl::StrCat(
      "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST "
      "bearer: ",
      bearer, " amount: ", days, " }");
}

TEST(DiffTest, TheSameTextHasNoChanges) {
  const TreatyDiff diff = DiffOf(Grant("check"), Grant("check"));
  EXPECT_THAT(diff.changes, IsEmpty());
  EXPECT_FALSE(diff.widens);
}

TEST(DiffTest, OtherLimitsOfTimeCountAsWider) {
  const v1::Treaty before = Small(Grant("check"));
  v1::Treaty after = before;
  EXPECT_FALSE(Widens(before, after));
  after.add_time_limits()->set_amount(20);
  const TreatyDiff diff = Diff(before, after);
  EXPECT_THAT(diff.changes, IsEmpty());
  EXPECT_TRUE(diff.changes_terms);
  EXPECT_TRUE(diff.widens);
  EXPECT_TRUE(Widens(before, after));
}

TEST(DiffTest, AnotherNameForAGrantIsNoChange) { EXPECT_THAT(DiffOf(Grant("a"), Grant("b")).changes, IsEmpty()); }

TEST(DiffTest, MoreClassesAreNamedWithTheirConditionAndArticle) {
  const TreatyDiff diff = DiffOf(
      Grant("check"), Grant("check") + Grant("adults", Age("at_least: 18") + Partial("classes: DATA_CLASS_IDENTITY "
                                                                                     "classes: DATA_CLASS_DOCUMENT")));
  EXPECT_THAT(
      Sentences(diff),
      ElementsAre("AAA/border or AAA/police may now see 2 more classes (IDENTITY, DOCUMENT) of WATCHLIST records "
                  "in replies of BBB/police to WATCHLIST_CHECK for BORDER_CHECK when AGE is at least 18; "
                  "article 1 now allows it"));
  EXPECT_TRUE(diff.widens);
  EXPECT_EQ(ToText(diff.changes[0].witness),
            "AAA/border asks BBB/police WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK); AGE 18");
}

TEST(DiffTest, FewerClassesDoNotWiden) {
  const TreatyDiff diff = DiffOf(Grant("check", Partial("classes: DATA_CLASS_IDENTITY")), Grant("check", Partial("")));
  EXPECT_THAT(
      Sentences(diff),
      ElementsAre("AAA/border or AAA/police may no longer see 1 class (IDENTITY) of WATCHLIST records in replies "
                  "of BBB/police to WATCHLIST_CHECK for BORDER_CHECK; article 1 no longer allows it"));
  EXPECT_FALSE(diff.widens);
}

TEST(DiffTest, WhatARequestTellsIsSeenByWhoAnswers) {
  const TreatyDiff diff = DiffOf(Grant("check", ""), Grant("check", "request { level: DISCLOSURE_LEVEL_HIT_NO_HIT }"));
  EXPECT_THAT(
      Sentences(diff),
      ElementsAre("BBB/police may now see 1 more class (OUTCOME) of WATCHLIST records in requests of AAA/border "
                  "or AAA/police for WATCHLIST_CHECK for BORDER_CHECK; article 1 now allows it"));
}

TEST(DiffTest, AThresholdThatMovesIsToldAtTheAgesBetween) {
  const TreatyDiff diff = DiffOf(Grant("check", Age("at_least: 18")), Grant("check", Age("at_least: 16")));
  EXPECT_THAT(Sentences(diff),
              ElementsAre("AAA/border or AAA/police may now ask BBB/police WATCHLIST_CHECK (WATCHLIST records) for "
                          "BORDER_CHECK when AGE is 16 to 17; article 1 now allows it"));
}

TEST(DiffTest, ADroppedProhibitionWidens) {
  const std::string asylum =
      "prohibitions { id: \"asylum\" cites: \"2\" when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES } }";
  const std::string bare = Grant("check", "");
  EXPECT_THAT(
      Sentences(DiffOf(bare + asylum, bare)),
      ElementsAre("AAA/border or AAA/police may now ask BBB/police WATCHLIST_CHECK (WATCHLIST records) for "
                  "BORDER_CHECK when ASYLUM_CLAIM_OPEN is YES or unknown; article 2 no longer stands against it"));
  const TreatyDiff narrower = DiffOf(bare, bare + asylum);
  EXPECT_THAT(
      Sentences(narrower),
      ElementsAre("AAA/border or AAA/police may no longer ask BBB/police WATCHLIST_CHECK (WATCHLIST records) for "
                  "BORDER_CHECK when ASYLUM_CLAIM_OPEN is YES or unknown; article 2 now stands against it"));
  EXPECT_FALSE(narrower.widens);
}

TEST(DiffTest, ALiftedCeilingWidens) {
  const std::string ceiling = "ceilings { id: \"c\" cites: \"3\" reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } }";
  EXPECT_THAT(
      Sentences(DiffOf(Grant("check") + ceiling, Grant("check"))),
      ElementsAre("AAA/border or AAA/police may now see 1 more class (REFERENCE) of WATCHLIST records in replies "
                  "of BBB/police to WATCHLIST_CHECK for BORDER_CHECK; article 3 no longer stands against it"));
}

TEST(DiffTest, ALoosenedObligationWidens) {
  const TreatyDiff diff = DiffOf(Grant("check", Retain("30")), Grant("check", Retain("90")));
  EXPECT_TRUE(diff.widens);
  EXPECT_THAT(Sentences(diff),
              ElementsAre("When AAA/border or AAA/police asks BBB/police WATCHLIST_CHECK (WATCHLIST records) for "
                          "BORDER_CHECK, no longer demanded: the asking side: RETAIN_AT_MOST 30 days (article 1); now: "
                          "the asking side: RETAIN_AT_MOST 90 days"));
}

TEST(DiffTest, ATightenedObligationDoesNotWiden) {
  const TreatyDiff diff = DiffOf(Grant("check", Retain("90")), Grant("check", Retain("30")));
  EXPECT_FALSE(diff.widens);
  EXPECT_EQ(diff.changes.size(), 1u);
}

TEST(DiffTest, AnObligationThatMovesFromAGrantToADutyIsNoChange) {
  const std::string duty =
      "duties { id: \"d\" cites: \"4\" obligation { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: "
      "30 } }";
  const std::string hit = "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }";
  EXPECT_THAT(DiffOf(Grant("check", Retain("30", "BEARER_BOTH")), Grant("check", hit) + duty).changes, IsEmpty());
  EXPECT_TRUE(DiffOf(Grant("check", hit) + duty, Grant("check", Retain("30"))).widens);
}

TEST(DiffTest, CuttingDownWhatWasRefusedWidens) {
  EXPECT_TRUE(
      DiffOf(Grant("check", "reply { level: DISCLOSURE_LEVEL_REFERENCE on_excess: ON_EXCESS_REFUSE }"), Grant("check"))
          .widens);
}

TEST(DiffTest, ANewPartyMayAskWhatTheOthersMay) {
  const v1::Treaty before = Small("");
  v1::Treaty after = Small(Grant("check", ""));
  after.mutable_grants(0)->mutable_scope()->clear_askers();
  after.mutable_grants(0)->mutable_scope()->clear_answerers();
  v1::Party& third = *after.add_parties();
  third.set_state("CCC");
  third.add_agencies("CCC/police");
  const TreatyDiff diff = Diff(before, after);
  ASSERT_EQ(diff.changes.size(), 1u);
  EXPECT_EQ(diff.changes[0].sentence,
            "AAA/border, AAA/police, BBB/police or CCC/police may now ask any of them in another State WATCHLIST_CHECK "
            "(WATCHLIST records) for BORDER_CHECK; article 1 now allows it");
}

TEST(DiffTest, WhatIsNotDecidedCountsAsWidening) {
  const TreatyDiff diff = Diff(Small(Grant("check", Age("at_least: 18"))), Small(Grant("check", Age("at_least: 20"))),
                               {.steps_per_question = 1});
  EXPECT_FALSE(diff.is_decided);
  EXPECT_TRUE(diff.widens);
}

// Each may be as large as a text may be; what they have in common is larger.
TEST(DiffTest, TextsThatAreTooLargeTogetherAreNotDecided) {
  v1::Treaty many_rules = Small(Grant("check")), many_parties = many_rules;
  for (int i = 0; i < 5'000; ++i) {
    v1::Prohibition& rule = *many_rules.add_prohibitions();
    rule.set_id(absl::StrCat("p", i));
    rule.add_cites("2");
  }
  for (int i = 0; i < 250; ++i) {
    v1::Party& party = *many_parties.add_parties();
    party.set_state(absl::StrCat("S", i));
    party.add_agencies(absl::StrCat("S", i, "/police"));
  }
  EXPECT_TRUE(Widens(many_rules, many_parties));
  const TreatyDiff diff = Diff(many_rules, many_parties);
  EXPECT_TRUE(diff.widens);
  EXPECT_FALSE(diff.is_decided);
}

}  // namespace
}  // namespace tamga::policy::analysis
