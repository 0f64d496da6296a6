#include "policy/analysis/checks.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "policy/analysis/fixture.h"

namespace tamga::policy::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Finding> Findings(Check check, absl::string_view rules) {
  const v1::Treaty treaty = Small(rules);
  return Only(check, CheckRules(Compile({{&treaty}, {}})));
}

auto Of(const std::string& rule) { return Field("rule", &Finding::rule, rule); }

constexpr absl::string_view kAsylum = "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }";
constexpr absl::string_view kNoAsylum = "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_NO }";

std::string Age(absl::string_view limits) { return absl::StrCat("when { attribute: ATTRIBUTE_AGE ", limits, " }"); }

std::string Prohibition(absl::string_view id, absl::string_view more) {
  return absl::StrCat("prohibitions { id: \"", id, "\" cites: \"2\" ", more, " }\n");
}

TEST(ChecksTest, AGrantThatOneProhibitionCoversIsDead) {
  const auto found =
      Findings(Check::kDeadGrant, absl::StrCat(Grant("check"), Prohibition("all", ""), Prohibition("asylum", kAsylum)));
  ASSERT_THAT(found, ElementsAre(Of("check")));
  EXPECT_EQ(found[0].sentence, "Everything that the grant check allows is forbidden, by all.");
  EXPECT_EQ(found[0].severity, Severity::kWarning);
  EXPECT_THAT(found[0].articles, ElementsAre("1"));
}

TEST(ChecksTest, AGrantThatSeveralProhibitionsCoverTogetherIsDead) {
  const auto found = Findings(Check::kDeadGrant, absl::StrCat(Grant("check"), Prohibition("young", Age("at_most: 17")),
                                                              Prohibition("old", Age("at_least: 18"))));
  ASSERT_THAT(found, ElementsAre(Of("check")));
  EXPECT_THAT(found[0].sentence, HasSubstr("by old, young."));
}

TEST(ChecksTest, AGrantOfWhichOneAgeIsLeftIsNotDead) {
  EXPECT_THAT(Findings(Check::kDeadGrant, absl::StrCat(Grant("check"), Prohibition("young", Age("at_most: 17")),
                                                       Prohibition("old", Age("at_least: 19")))),
              IsEmpty());
}

TEST(ChecksTest, AnUnknownFactLeavesTheGrantToTheProhibitionThatCountsIt) {
  // Whatever is known, one of the two forbids; that nothing is known, both do.
  EXPECT_THAT(Findings(Check::kDeadGrant,
                       absl::StrCat(Grant("check"), Prohibition("yes", kAsylum), Prohibition("no", kNoAsylum))),
              SizeIs(1));
  // Where both ignore the unknown, that is what is left.
  EXPECT_THAT(
      Findings(Check::kDeadGrant,
               absl::StrCat(Grant("check"), Prohibition("yes", absl::StrCat(kAsylum, " ignore_unknown_because: \"x\"")),
                            Prohibition("no", absl::StrCat(kNoAsylum, " ignore_unknown_because: \"x\"")))),
      IsEmpty());
}

TEST(ChecksTest, AGrantOfWhichTheConditionsContradictEachOtherMatchesNothing) {
  const auto found =
      Findings(Check::kDeadGrant, Grant("check", absl::StrCat(Age("at_least: 18"), " ", Age("at_most: 17"))));
  ASSERT_THAT(found, ElementsAre(Of("check")));
  EXPECT_EQ(found[0].severity, Severity::kError);
  EXPECT_THAT(found[0].sentence, HasSubstr("matches nothing"));
}

TEST(ChecksTest, AGrantBetweenAgenciesOfOneStateMatchesNothingInATreatyBetweenStates) {
  v1::Treaty treaty = Small(Grant("check"));
  treaty.mutable_grants(0)->mutable_scope()->set_answerers(0, "AAA/border");
  EXPECT_THAT(Only(Check::kDeadGrant, CheckRules(Compile({{&treaty}, {}}))), SizeIs(1));
  treaty.mutable_parties()->RemoveLast();
  EXPECT_THAT(Only(Check::kDeadGrant, CheckRules(Compile({{&treaty}, {}}))), IsEmpty());
}

TEST(ChecksTest, AProhibitionOfAnotherTreatyCanKillAGrant) {
  const v1::Treaty grants = Small(Grant("check"));
  v1::Treaty floor = Small(Prohibition("never", ""));
  floor.set_id("FLOOR");
  floor.mutable_parties(1)->set_state("CCC");
  floor.mutable_parties(1)->set_agencies(0, "CCC/police");
  const auto found = Only(Check::kDeadGrant, CheckRules(Compile({{&floor, &grants}, {}})));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].sentence, HasSubstr("by FLOOR never."));
}

TEST(ChecksTest, ALawOfAnUninvolvedStateKillsNothing) {
  const v1::Treaty grants = Small(Grant("check"));
  v1::Overlay law = Overlay(R"text(id: "LAW" state: "CCC" articles { number: "2" summary: "Never." }
                                   narrowing { prohibitions { id: "never" cites: "2" } })text");
  EXPECT_THAT(Only(Check::kDeadGrant, CheckRules(Compile({{&grants}, {&law}}))), IsEmpty());
  law.set_state("BBB");
  EXPECT_THAT(Only(Check::kDeadGrant, CheckRules(Compile({{&grants}, {&law}}))), SizeIs(1));
}

TEST(ChecksTest, AGrantThatOthersGrantTogetherIsShadowed) {
  const std::string reply = " reply { level: DISCLOSURE_LEVEL_REFERENCE }";
  const auto found =
      Findings(Check::kShadowedGrant,
               absl::StrCat(Grant("all", Age("at_least: 10") + reply), Grant("low", Age("at_most: 20") + reply),
                            Grant("high", Age("at_least: 15") + " reply { level: DISCLOSURE_LEVEL_FULL }")));
  ASSERT_THAT(found, ElementsAre(Of("all")));
  EXPECT_EQ(found[0].sentence,
            "The grant all adds nothing: high, low together allow all of it, tell as much and demand no more.");
}

TEST(ChecksTest, AGrantThatTellsMoreOrDemandsLessIsNotShadowed) {
  const std::string demand = " obligations { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 }";
  const std::string reference = "reply { level: DISCLOSURE_LEVEL_REFERENCE }";
  const std::string hit = "reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }";
  EXPECT_THAT(Findings(Check::kShadowedGrant, Grant("a", reference) + Grant("b", hit)), ElementsAre(Of("b")));
  EXPECT_THAT(Findings(Check::kShadowedGrant, Grant("a", reference + demand) + Grant("b", hit)), IsEmpty());
}

TEST(ChecksTest, GrantsThatDifferInWhatTheyDemandAreNamed) {
  const std::string reply = "reply { level: DISCLOSURE_LEVEL_REFERENCE }";
  const auto found =
      Findings(Check::kObligationTwins,
               Grant("a", reply) +
                   Grant("b", reply + " obligations { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER }"));
  EXPECT_THAT(found, ElementsAre(Of("a"), Of("b")));
  EXPECT_THAT(Findings(Check::kObligationTwins, Grant("a", reply) + Grant("b", reply)), IsEmpty());
}

TEST(ChecksTest, WhatNarrowsNoGrantIsIdle) {
  const auto found = Findings(
      Check::kIdleRule,
      absl::StrCat(Grant("check"), Prohibition("readmission", "scope { operations: OPERATION_READMISSION_SUBMIT }"),
                   Prohibition("asylum", kAsylum),
                   "ceilings { id: \"reference\" cites: \"3\" reply { level: DISCLOSURE_LEVEL_REFERENCE } }",
                   "ceilings { id: \"hit\" cites: \"3\" reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } }",
                   "duties { id: \"backwards\" cites: \"4\" scope { askers: \"BBB\" } obligation { type: "
                   "OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ASKER } }"));
  EXPECT_THAT(found, ElementsAre(Of("readmission"), Of("reference"), Of("backwards")));
}

TEST(ChecksTest, AnInvariantIsProvedOrRefutedWithASituation) {
  const std::string never = absl::StrCat("invariants { id: \"never\" cites: \"2\" ", kAsylum, " }\n");
  const auto refuted = Findings(Check::kInvariantRefuted, Grant("check") + never);
  ASSERT_THAT(refuted, ElementsAre(Of("never")));
  EXPECT_EQ(refuted[0].severity, Severity::kError);
  EXPECT_EQ(ToText(*refuted[0].witness),
            "AAA/border asks BBB/police WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK); ASYLUM_CLAIM_OPEN YES");
  const std::string guarded = absl::StrCat(Grant("check"), never, Prohibition("asylum", kAsylum));
  EXPECT_THAT(Findings(Check::kInvariantRefuted, guarded), IsEmpty());
  EXPECT_THAT(Findings(Check::kInvariantProved, guarded), ElementsAre(Of("never")));
}

TEST(ChecksTest, AProhibitionOnBetterKnowledgeLeavesWorseKnowledgeOpen) {
  const std::string never = absl::StrCat("invariants { id: \"never\" cites: \"2\" ", kAsylum, " }\n");
  const std::string raised =
      "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES min_provenance: PROVENANCE_AUTHENTICATED }";
  EXPECT_THAT(Findings(Check::kInvariantProved, absl::StrCat(Grant("check"), never, Prohibition("asylum", raised))),
              SizeIs(1));
  EXPECT_THAT(Findings(Check::kInvariantRefuted,
                       absl::StrCat(Grant("check"), never,
                                    Prohibition("asylum", absl::StrCat(raised, " ignore_unknown_because: \"x\"")))),
              SizeIs(1));
}

TEST(ChecksTest, WhatOneStateMayAskAndTheOtherMayNotIsAQuestion) {
  const auto found = Findings(Check::kOneWay, Grant("check"));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::kNote);
  EXPECT_EQ(found[0].sentence,
            "By the grant check AAA may ask BBB WATCHLIST_CHECK (WATCHLIST) for BORDER_CHECK, but BBB may never ask "
            "AAA: is that intended?");
  v1::Treaty treaty = Small(Grant("check"));
  treaty.mutable_grants(0)->mutable_scope()->clear_askers();
  treaty.mutable_grants(0)->mutable_scope()->clear_answerers();
  EXPECT_THAT(Only(Check::kOneWay, CheckRules(Compile({{&treaty}, {}}))), IsEmpty());
}

TEST(ChecksTest, ClassesThatCanEndangerAPersonNeedAReason) {
  const std::string reply = "reply { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_BELIEF }";
  const auto found = Findings(Check::kUnjustifiedClasses,
                              Grant("bare", reply) + Grant("justified", reply + " justification: \"Protection.\"") +
                                  Grant("full", "request { level: DISCLOSURE_LEVEL_FULL }") + Grant("harmless"));
  ASSERT_THAT(found, ElementsAre(Of("bare"), Of("full")));
  EXPECT_THAT(found[0].sentence, HasSubstr("tells BELIEF,"));
}

TEST(ChecksTest, ObligationsThatNobodyCanBearAreErrors) {
  const std::string reply = "reply { level: DISCLOSURE_LEVEL_REFERENCE } obligations ";
  const auto fault = [&](absl::string_view obligation) {
    const auto found = Findings(Check::kObligationUnbearable, Grant("check", absl::StrCat(reply, obligation)));
    return found.empty() ? "" : found[0].sentence;
  };
  EXPECT_EQ(fault("{ type: OBLIGATION_TYPE_HUMAN_REVIEW }"), "The grant check demands HUMAN_REVIEW of nobody.");
  EXPECT_THAT(fault("{ bearer: BEARER_ASKER }"), HasSubstr("no node can discharge"));
  EXPECT_THAT(fault("{ type: OBLIGATION_TYPE_NOTIFY_WITHIN bearer: BEARER_ASKER }"), HasSubstr("amount 0"));
  EXPECT_THAT(fault("{ type: OBLIGATION_TYPE_QUOTA bearer: BEARER_ASKER amount: 5 }"), HasSubstr("without a window"));
  EXPECT_THAT(fault("{ type: OBLIGATION_TYPE_USE_ONLY_FOR bearer: BEARER_ASKER }"), HasSubstr("without a purpose"));
  EXPECT_THAT(fault("{ type: OBLIGATION_TYPE_USE_ONLY_FOR bearer: BEARER_ASKER purposes: PURPOSE_READMISSION }"),
              HasSubstr("bars by USE_ONLY_FOR"));
  EXPECT_EQ(fault("{ type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ANSWERER amount: 5 }"),
            "The grant check demands RETAIN_AT_MOST of a side that is told nothing.");
  EXPECT_EQ(fault("{ type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 5 }"), "");
}

TEST(ChecksTest, ADutyThatBarsWhatTheGrantIsForIsNamed) {
  const auto found =
      Findings(Check::kObligationUnbearable,
               absl::StrCat(Grant("check"),
                            "duties { id: \"use\" cites: \"4\" obligation { type: OBLIGATION_TYPE_USE_ONLY_FOR "
                            "bearer: BEARER_ASKER purposes: PURPOSE_READMISSION } }"));
  ASSERT_THAT(found, ElementsAre(Of("check")));
  EXPECT_THAT(found[0].sentence, HasSubstr("as SMALL use limits the use"));
}

TEST(ChecksTest, AStatesLawCannotLayADutyOnAnother) {
  const v1::Treaty treaty = Small(Grant("check"));
  const v1::Overlay law = Overlay(R"text(id: "LAW" state: "BBB" articles { number: "1" summary: "Review." }
      narrowing { duties { id: "review" cites: "1"
                           obligation { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_BOTH } } })text");
  const auto found = Only(Check::kObligationUnbearable, CheckRules(Compile({{&treaty}, {&law}})));
  ASSERT_THAT(found, ElementsAre(Of("review")));
  EXPECT_EQ(found[0].sentence,
            "The duty review lays HUMAN_REVIEW on AAA/border, whose State the document does not bind.");
}

TEST(ChecksTest, RulesNeedAnArticleWithSomeText) {
  v1::Treaty treaty = Small(absl::StrCat(Grant("check"), Prohibition("silent", kAsylum),
                                         "prohibitions { id: \"bare\" } prohibitions { id: \"lost\" cites: \"9\" }"));
  treaty.mutable_articles(1)->clear_summary();
  auto found = Only(Check::kUnsupported, CheckRules(Compile({{&treaty}, {}})));
  ASSERT_THAT(found, ElementsAre(Of("bare"), Of("lost"), Of("silent")));
  EXPECT_EQ(found[0].severity, Severity::kError);
  EXPECT_EQ(found[1].severity, Severity::kError);
  EXPECT_EQ(found[2].severity, Severity::kWarning);
  treaty.mutable_articles(1)->set_legal_text("No.");
  EXPECT_THAT(Only(Check::kUnsupported, CheckRules(Compile({{&treaty}, {}}))), SizeIs(2));
}

TEST(ChecksTest, BeyondTheBudgetTheAnswerIsNotDecided) {
  const v1::Treaty treaty =
      Small(absl::StrCat(Grant("check"), Prohibition("young", Age("at_most: 17")),
                         Prohibition("old", Age("at_least: 18")), "invariants { id: \"never\" cites: \"2\" }"));
  const auto found = Only(Check::kNotDecided, CheckRules(Compile({{&treaty}, {}}), {.steps_per_question = 1}));
  EXPECT_THAT(found, ElementsAre(Of("check"), Of("never")));
  EXPECT_THAT(found[0].sentence, HasSubstr("Not decided"));
}

TEST(ChecksTest, WhatIsNotDecidedIsNotProved) {
  const v1::Treaty treaty =
      Small(absl::StrCat(Grant("check"), Prohibition("young", Age("at_most: 17")),
                         Prohibition("old", Age("at_least: 18")), "invariants { id: \"never\" cites: \"2\" }"));
  const RuleBoxes rules = Compile({{&treaty}, {}});
  EXPECT_THAT(UnprovedInvariants(rules), IsEmpty());
  for (const Options& options :
       {Options{.steps_per_question = 1}, Options{.steps_in_all = 1}, Options{.words_in_all = 1}}) {
    const std::vector<Finding> unproved = UnprovedInvariants(rules, options);
    ASSERT_THAT(unproved, ElementsAre(Of("never")));
    EXPECT_EQ(unproved[0].check, Check::kNotDecided);
    EXPECT_EQ(unproved[0].severity, Severity::kError);
  }
}

TEST(ChecksTest, AGrantThatIsHardToDecideHidesNoneThatBreaksAnInvariant) {
  std::string rules = Grant("a-hard") + Grant("b-hard") + Grant("c-open");
  // Together they forbid all that has to do with the watchlist, which takes many cuts to see.
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 10; ++j) {
      const std::string age = absl::StrCat("at_least: ", 15 * i, " at_most: ", i == 9 ? 150 : 15 * i + 14);
      const std::string severity = absl::StrCat("at_least: ", 10 * j, " at_most: ", j == 9 ? 1200 : 10 * j + 9);
      absl::StrAppend(&rules,
                      Prohibition(absl::StrCat("p", i, j),
                                  absl::StrCat("scope { record_kinds: RECORD_KIND_WATCHLIST }", Age(age),
                                               "when { attribute: ATTRIBUTE_OFFENCE_SEVERITY ", severity, " }")));
    }
  }
  v1::Treaty treaty = Small(rules + "invariants { id: \"never\" cites: \"2\" }");
  treaty.mutable_grants(2)->mutable_scope()->set_record_kinds(0, v1::RECORD_KIND_LOG);
  const std::vector<Finding> unproved = UnprovedInvariants(Compile({{&treaty}, {}}), {.steps_in_all = 4'000});
  ASSERT_THAT(unproved, ElementsAre(Of("never")));
  EXPECT_EQ(unproved[0].check, Check::kInvariantRefuted);
  EXPECT_THAT(unproved[0].sentence, HasSubstr("c-open"));
}

TEST(ChecksTest, ConflictsCarryASituation) {
  const v1::Treaty treaty = Small(absl::StrCat(Grant("check", kNoAsylum), Grant("open"), Prohibition("a", kAsylum),
                                               Prohibition("old", Age("at_least: 60"))));
  const RuleBoxes rules = Compile({{&treaty}, {}});
  const std::vector<Conflict> conflicts = Conflicts(rules);
  ASSERT_THAT(conflicts, SizeIs(3));
  EXPECT_EQ(ToText(*rules.space, conflicts[0]),
            "What SMALL check (article 1) allows, SMALL old (article 2) forbids where AGE is at least 60 or unknown.");
  EXPECT_EQ(ToText(WitnessOf(*rules.space, conflicts[0])),
            "AAA/border asks BBB/police WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK); ASYLUM_CLAIM_OPEN NO; AGE 60");
  EXPECT_EQ(conflicts[1].prohibition->id, "a");
}

TEST(ChecksTest, FindingsReadAsText) {
  const auto found = Findings(Check::kDeadGrant, absl::StrCat(Grant("check"), Prohibition("all", "")));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(ToText(found[0]),
            "warning: SMALL check (article 1): Everything that the grant check allows is forbidden, by all. "
            "[dead-grant]\n  such as: AAA/border asks BBB/police WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK)");
}

}  // namespace
}  // namespace tamga::policy::analysis
