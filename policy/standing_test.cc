// What is in force between two States. Amendments and rivals are in amendment_test.cc, properties of any world in
// standing_property_test.cc.
#include "policy/standing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "node/base/encoding.h"
#include "policy/document_fixture.h"
#include "policy/standing_fixture.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Grants(const Standing& standing, const std::string& asker, const std::string& answerer,
                   absl::string_view hash = "") {
  return TextOf(LawOf(standing.LawBetween(asker, answerer), hash).grants);
}

std::vector<std::string> CodesOf(const Standing& standing) {
  std::vector<std::string> codes;
  for (const StandingFinding& finding : standing.findings()) codes.push_back(finding.code);
  return codes;
}

// AAA and BBB bound by T from 2020-03-02 on.
World TwoBound() {
  World world;
  const std::string hash = world.Add({});
  world.Ratify("AAA", "2020-01-01", hash);
  world.Ratify("BBB", "2020-02-01", hash);
  return world;
}

World ThreeBound() {
  World world;
  const std::string hash = world.Add({.states = {"AAA", "BBB", "CCC"}, .entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  for (const char* state : {"AAA", "BBB", "CCC"}) world.Ratify(state, "2020-01-01", hash);
  return world;
}

TEST(EntryTest, OfAllPartiesCountsFromTheLastRatification) {
  const Standing standing = TwoBound().Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("AAA", "BBB"));
  EXPECT_EQ(TextOf(law.grants), "2020-03-02..");
  EXPECT_EQ(TextOf(law.asker_bound), "2020-03-02..");
  EXPECT_EQ(TextOf(law.answerer_bound), "2020-03-02..");
  EXPECT_EQ(Grants(standing, "BBB", "AAA"), "2020-03-02..");
  EXPECT_THAT(standing.findings(), IsEmpty());
}

TEST(EntryTest, OfAllPartiesNeedsEveryOne) {
  const Standing standing = TwoBound().Without("BBB", 1).Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("AAA", "BBB"));
  EXPECT_THAT(law.grants, IsEmpty());
  EXPECT_THAT(law.asker_bound, IsEmpty());
}

TEST(EntryTest, SigningIsNotRatifying) {
  World world;
  const std::string hash = world.Add({});
  world.Act("AAA", "2020-01-01", absl::StrCat("sign { document { id: \"T\" sha256: \"", hash, "\" } }"));
  world.Ratify("BBB", "2020-01-01", hash);
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "");
  EXPECT_THAT(world.Fold().findings(), IsEmpty());
}

TEST(EntryTest, ByDepositsCountsFromTheNthAndThenFromEachStatesOwn) {
  World world;
  const std::string hash = world.Add(
      {.states = {"AAA", "BBB", "CCC", "DDD"}, .entry = "rule: ENTRY_RULE_DEPOSITS deposits: 2 delay_days: 10"});
  world.Ratify("BBB", "2020-03-01", hash);
  world.Ratify("AAA", "2020-01-01", hash);
  world.Ratify("CCC", "2021-01-01", hash);
  const Standing standing = world.Fold();
  EXPECT_EQ(Grants(standing, "AAA", "BBB"), "2020-03-11..");
  EXPECT_EQ(Grants(standing, "CCC", "AAA"), "2021-01-11..");
  EXPECT_EQ(Grants(standing, "DDD", "AAA"), "");
  const TreatyLaw outside = LawOf(standing.LawBetween("AAA", "DDD"));
  EXPECT_EQ(TextOf(outside.asker_bound), "2020-03-11..") << "what it forbids binds towards whomever";
  EXPECT_EQ(TextOf(outside.answerer_bound), "");
}

TEST(EntryTest, StatedCountsFromTheDayThatEachRatificationNames) {
  World world;
  const std::string hash = world.Add({.entry = "rule: ENTRY_RULE_STATED"});
  world.Ratify("AAA", "2026-01-01", hash, "in_force_from: \"2003-12-25\"");
  world.Ratify("BBB", "2026-01-01", hash, "in_force_from: \"2008-09-11\"");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2008-09-11..");
  EXPECT_EQ(TextOf(LawOf(world.Fold().LawBetween("AAA", "BBB")).asker_bound), "2003-12-25..");
}

TEST(EntryTest, TakesADayFromTheRatificationOnlyWhereTheTreatyAsksForIt) {
  World world;
  const std::string stated = world.Add({.entry = "rule: ENTRY_RULE_STATED"});
  const std::string other = world.Add({.id = "U"});
  world.Ratify("AAA", "2020-01-01", stated);
  world.Ratify("AAA", "2020-01-01", other, "in_force_from: \"2003-12-25\"");
  world.Ratify("BBB", "2020-01-01", other);
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("DAY_MISPLACED", "DAY_MISPLACED"));
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB", other), "");
}

TEST(EntryTest, IsNotChangedByRatifyingTwice) {
  World world = TwoBound();
  world.Ratify("AAA", "2024-01-01", HexEncode(world.treaties[0].sha256));
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-03-02..");
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("REPEATED"));
}

TEST(EntryTest, CountsFromTheEarlierOfTwoDaysThatOneStateNames) {
  World world;
  const std::string hash = world.Add({.entry = "rule: ENTRY_RULE_STATED"});
  world.Ratify("BBB", "2020-01-01", hash, "in_force_from: \"2000-01-01\"");
  world.Ratify("AAA", "2020-01-01", hash, "in_force_from: \"2013-01-01\"");
  world.Ratify("AAA", "2021-01-01", hash, "in_force_from: \"2003-01-01\"");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2003-01-01..");
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2003-01-01..2024-01-01");
}

TEST(EntryTest, NeedsTheVeryDocumentThatIsAtHand) {
  World world;
  world.Add({});
  world.Ratify("AAA", "2020-01-01", SomeHash());
  world.Act("BBB", "2020-01-01",
            absl::StrCat("ratify { document { id: \"U\" sha256: \"", HexEncode(world.treaties[0].sha256), "\" } }"));
  const Standing standing = world.Fold();
  EXPECT_THAT(CodesOf(standing), ElementsAre("DOCUMENT_UNKNOWN", "DOCUMENT_MISMATCH"));
  EXPECT_EQ(standing.findings()[0].state, "AAA");
  EXPECT_EQ(standing.findings()[0].number, 1u);
  EXPECT_THAT(standing.findings()[0].what, HasSubstr("act 1 of AAA"));
  EXPECT_EQ(Grants(standing, "AAA", "BBB"), "");
}

TEST(EntryTest, IsForPartiesOnly) {
  World world = TwoBound();
  world.Ratify("CCC", "2020-01-01", HexEncode(world.treaties[0].sha256));
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("NOT_A_PARTY"));
  EXPECT_EQ(Grants(world.Fold(), "CCC", "AAA"), "");
}

TEST(EntryTest, OfADomesticAgreementBindsWithinOneState) {
  World world;
  const std::string hash = world.Add({.states = {"AAA"}, .entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  world.Ratify("AAA", "2020-01-01", hash);
  EXPECT_EQ(Grants(world.Fold(), "AAA", "AAA"), "2020-01-01..");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "");
  EXPECT_EQ(Grants(world.Fold(), "BBB", "BBB"), "");
}

TEST(EntryTest, OfATreatyBetweenStatesGrantsNothingWithinOne) {
  const TreatyLaw law = LawOf(TwoBound().Fold().LawBetween("AAA", "AAA"));
  EXPECT_THAT(law.grants, IsEmpty());
  EXPECT_EQ(TextOf(law.asker_bound), "2020-03-02..");
}

TEST(ExpiryTest, EndsGrantsAndNotProhibitions) {
  World world;
  const std::string hash = world.Add({.entry = "rule: ENTRY_RULE_ALL_PARTIES", .expires_on = "2030-01-01"});
  world.Ratify("AAA", "2020-01-01", hash);
  world.Ratify("BBB", "2020-01-01", hash);
  const Standing standing = world.Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("AAA", "BBB"));
  EXPECT_EQ(TextOf(law.grants), "2020-01-01..2030-01-01");
  EXPECT_EQ(TextOf(law.asker_bound), "2020-01-01..");
}

TEST(SuspensionTest, RemovesGrantsInBothDirectionsAndNoProhibition) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", "suspend { treaty_id: \"T\" towards: \"BBB\" until: \"2022-01-01\" }");
  const Standing standing = world.Fold();
  EXPECT_EQ(Grants(standing, "AAA", "BBB"), "2020-01-01..2021-01-01 2022-01-01..");
  EXPECT_EQ(Grants(standing, "BBB", "AAA"), "2020-01-01..2021-01-01 2022-01-01..");
  EXPECT_EQ(Grants(standing, "AAA", "CCC"), "2020-01-01..");
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB")).asker_bound), "2020-01-01..");
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB")).answerer_bound), "2020-01-01..");
}

TEST(SuspensionTest, LastsUntilItIsResumed) {
  World world = ThreeBound();
  const uint32_t number = world.Act("AAA", "2021-01-01", "suspend { treaty_id: \"T\" }");
  EXPECT_EQ(Grants(world.Fold(), "CCC", "AAA"), "2020-01-01..2021-01-01");
  EXPECT_EQ(Grants(world.Fold(), "BBB", "CCC"), "2020-01-01..") << "others go on";
  world.Act("AAA", "2021-06-01", absl::StrCat("resume { number: ", number, " }"));
  EXPECT_EQ(Grants(world.Fold(), "CCC", "AAA"), "2020-01-01..2021-01-01 2021-06-01..");
}

TEST(SuspensionTest, OfArticlesWithdrawsThem) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", "suspend { treaty_id: \"T\" articles: \"2\" articles: \"77\" }");
  const Standing standing = world.Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("BBB", "AAA"));
  EXPECT_EQ(TextOf(law.grants), "2020-01-01..");
  ASSERT_THAT(law.withdrawn, SizeIs(1));
  EXPECT_EQ(TextOf(law.withdrawn.at("2")), "2021-01-01..");
  EXPECT_THAT(CodesOf(standing), ElementsAre("ARTICLE_UNKNOWN"));
}

TEST(SuspensionTest, IsEndedByItsOwnStateOnly) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", "suspend { treaty_id: \"T\" }");
  world.Act("BBB", "2021-06-01", "resume { number: 2 }");
  world.Act("AAA", "2021-06-01", "resume { number: 1 }");
  world.Act("AAA", "2021-06-01", "withdraw { number: 2 }");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-01-01..2021-01-01");
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("TARGET_UNKNOWN", "TARGET_UNKNOWN", "TARGET_UNKNOWN"));
}

TEST(DenunciationTest, EndsEverythingForTheStateAfterItsNotice) {
  World world = TwoBound();
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  const Standing standing = world.Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("AAA", "BBB"));
  EXPECT_EQ(TextOf(law.grants), "2020-03-02..2024-03-31");
  EXPECT_EQ(TextOf(law.asker_bound), "2020-03-02..2024-03-31");
  EXPECT_EQ(TextOf(law.answerer_bound), "2020-03-02..") << "who stays is still bound by what the treaty forbids";
}

TEST(DenunciationTest, LeavesTheOthersBound) {
  World world = ThreeBound();
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  EXPECT_EQ(Grants(world.Fold(), "BBB", "CCC"), "2020-01-01..");
}

TEST(DenunciationTest, NoStateShortensItsNoticeByAVersionOfItsOwn) {
  World world = TwoBound();
  const std::string own =
      world.Add({.version = 2, .previous = std::string(64, 'a'), .entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  world.Ratify("AAA", "2023-12-31", own);
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-03-02..2024-03-31");
}

TEST(DenunciationTest, BeforeEntryKeepsTheTreatyFromEntering) {
  World world;
  const std::string hash = world.Add({.entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  world.Ratify("AAA", "2020-01-01", hash);
  world.Act("AAA", "2020-02-01", "denounce { treaty_id: \"T\" }");
  world.Ratify("BBB", "2020-03-01", hash);
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "");
  EXPECT_EQ(TextOf(LawOf(world.Fold().LawBetween("BBB", "AAA")).asker_bound), "");
}

TEST(DenunciationTest, MayBeFollowedByRatifyingAgain) {
  World world = TwoBound();
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  world.Ratify("AAA", "2025-01-01", HexEncode(world.treaties[0].sha256));
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-03-02..2024-03-31 2025-01-31..");
  EXPECT_THAT(world.Fold().findings(), IsEmpty());
}

TEST(DenunciationTest, NeedsAConsent) {
  World world = TwoBound();
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"U\" }");
  world.Act("CCC", "2024-01-01", "denounce { treaty_id: \"T\" }");
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("NOT_RATIFIED", "NOT_RATIFIED"));
}

constexpr char kReservation[] =
    "reserve { id: \"r\" treaty_id: \"T\" excluded_articles: \"2\" narrowing { prohibitions { id: \"p\" cites: \"1\" } "
    "} "
    "}";

TEST(ReservationInForceTest, IsReciprocalTowardsAllOthers) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", kReservation);
  const Standing standing = world.Fold();
  for (const auto& [asker, answerer] : {std::pair("AAA", "BBB"), std::pair("BBB", "AAA"), std::pair("CCC", "AAA")}) {
    const PairLaw law = standing.LawBetween(asker, answerer);
    EXPECT_EQ(TextOf(LawOf(law).grants), "2020-01-01..");
    EXPECT_EQ(TextOf(LawOf(law).withdrawn.at("2")), "2021-01-01..");
    ASSERT_THAT(law.narrowings, SizeIs(1));
    EXPECT_EQ(law.narrowings[0].rules->prohibitions(0).id(), "p");
    EXPECT_EQ(TextOf(law.narrowings[0].spans), "2021-01-01..");
    EXPECT_EQ(law.narrowings[0].treaty_id, "T");
    EXPECT_EQ(law.narrowings[0].origin, "reservation of AAA to T");
  }
  EXPECT_THAT(LawOf(standing.LawBetween("BBB", "CCC")).withdrawn, IsEmpty());
  EXPECT_THAT(standing.LawBetween("BBB", "CCC").narrowings, IsEmpty());
  EXPECT_THAT(standing.findings(), IsEmpty());
}

TEST(ReservationInForceTest, EndsWhenItIsWithdrawn) {
  World world = ThreeBound();
  const uint32_t number = world.Act("AAA", "2021-01-01", kReservation);
  world.Act("AAA", "2022-01-01", absl::StrCat("withdraw { number: ", number, " }"));
  const Standing standing = world.Fold();
  const PairLaw law = standing.LawBetween("BBB", "AAA");
  EXPECT_EQ(TextOf(LawOf(law).withdrawn.at("2")), "2021-01-01..2022-01-01");
  EXPECT_EQ(TextOf(law.narrowings[0].spans), "2021-01-01..2022-01-01");
  world.Act("AAA", "2021-06-01", absl::StrCat("withdraw { number: ", number, " }"));
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("REPEATED"));
}

TEST(ReservationInForceTest, TakesNothingAwayFromWhatIsForbidden) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", "reserve { id: \"r\" treaty_id: \"T\" excluded_articles: \"3\" }");
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB")).asker_bound), "2020-01-01..");
  ASSERT_THAT(CodesOf(standing), ElementsAre("RESERVATION_UNFIT"));
  EXPECT_THAT(standing.findings()[0].what, HasSubstr("would take away what protects: prohibition p"));
}

TEST(ReservationInForceTest, ToATreatyThatIsNotAtHandIsReported) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", "reserve { id: \"r\" treaty_id: \"U\" excluded_articles: \"3\" }");
  world.Act("AAA", "2021-01-01", "suspend { treaty_id: \"U\" }");
  world.Act("AAA", "2021-01-01", "change_authorities { treaty_id: \"U\" agencies: \"AAA/x\" }");
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("TREATY_UNKNOWN", "TREATY_UNKNOWN", "TREATY_UNKNOWN"));
}

TEST(ObjectionTest, RemovesTheReservedProvisionBetweenTheTwo) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", kReservation);
  world.Act("BBB", "2021-06-01", "object { to_state: \"AAA\" treaty_id: \"T\" reservation_id: \"r\" }");
  const Standing standing = world.Fold();
  for (const auto& [asker, answerer] : {std::pair("AAA", "BBB"), std::pair("BBB", "AAA")}) {
    const PairLaw law = standing.LawBetween(asker, answerer);
    EXPECT_EQ(TextOf(LawOf(law).withdrawn.at("1")), "2021-06-01..");
    EXPECT_EQ(TextOf(LawOf(law).grants), "2020-01-01..");
    EXPECT_THAT(law.narrowings, SizeIs(1)) << "it goes on narrowing";
  }
  EXPECT_EQ(LawOf(standing.LawBetween("AAA", "CCC")).withdrawn.count("1"), 0u);
}

TEST(ObjectionTest, MayKeepTheWholeTreatyOutBetweenTheTwo) {
  World world = ThreeBound();
  const uint32_t reservation = world.Act("AAA", "2021-01-01", kReservation);
  const uint32_t objection =
      world.Act("BBB", "2021-06-01",
                "object { to_state: \"AAA\" treaty_id: \"T\" reservation_id: \"r\" opposes_entry_into_force: true }");
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-01-01..2021-06-01");
  EXPECT_EQ(Grants(world.Fold(), "CCC", "AAA"), "2020-01-01..");
  EXPECT_EQ(TextOf(LawOf(world.Fold().LawBetween("AAA", "BBB")).asker_bound), "2020-01-01..");
  World with_objection_withdrawn = world;
  with_objection_withdrawn.Act("BBB", "2022-01-01", absl::StrCat("withdraw { number: ", objection, " }"));
  EXPECT_EQ(Grants(with_objection_withdrawn.Fold(), "AAA", "BBB"), "2020-01-01..2021-06-01 2022-01-01..");
  world.Act("AAA", "2023-01-01", absl::StrCat("withdraw { number: ", reservation, " }"));
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-01-01..2021-06-01 2023-01-01..")
      << "without the reservation there is nothing to object to";
}

TEST(ObjectionTest, NeedsAReservation) {
  World world = ThreeBound();
  world.Act("BBB", "2021-06-01",
            "object { to_state: \"AAA\" treaty_id: \"T\" reservation_id: \"r\" opposes_entry_into_force: true }");
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("TARGET_UNKNOWN"));
  EXPECT_EQ(Grants(world.Fold(), "AAA", "BBB"), "2020-01-01..");
}

TEST(AuthoritiesTest, AreThoseOfTheTextUntilTheStateNamesOthers) {
  World world = TwoBound();
  world.Act("AAA", "2022-01-01",
            "change_authorities { treaty_id: \"T\" agencies: \"AAA/police\" agencies: \"AAA/x\" }");
  world.Act("AAA", "2023-01-01", "change_authorities { treaty_id: \"T\" agencies: \"AAA/x\" }");
  const Standing standing = world.Fold();
  const TreatyLaw law = LawOf(standing.LawBetween("AAA", "BBB"));
  ASSERT_THAT(law.asker_authorities, SizeIs(3));
  EXPECT_EQ(TextOf(Spans{law.asker_authorities[0].span}), "..2022-01-01");
  EXPECT_THAT(law.asker_authorities[0].agencies, ElementsAre("AAA/police"));
  EXPECT_EQ(TextOf(Spans{law.asker_authorities[1].span}), "2022-01-01..2023-01-01");
  EXPECT_THAT(law.asker_authorities[1].agencies, ElementsAre("AAA/police", "AAA/x"));
  EXPECT_EQ(TextOf(Spans{law.asker_authorities[2].span}), "2023-01-01..");
  ASSERT_THAT(law.answerer_authorities, SizeIs(1));
  EXPECT_THAT(LawOf(standing.LawBetween("BBB", "AAA")).answerer_authorities, SizeIs(3));
}

TEST(AuthoritiesTest, FollowTheLaterActOnEveryDayFromItsOwn) {
  World world = TwoBound();
  world.Act("AAA", "2023-01-01", "change_authorities { treaty_id: \"T\" agencies: \"AAA/x\" }");
  world.Act("AAA", "2022-01-01", "change_authorities { treaty_id: \"T\" agencies: \"AAA/y\" }");
  const TreatyLaw law = LawOf(world.Fold().LawBetween("AAA", "BBB"));
  ASSERT_THAT(law.asker_authorities, SizeIs(2));
  EXPECT_EQ(TextOf(Spans{law.asker_authorities[1].span}), "2022-01-01..");
  EXPECT_THAT(law.asker_authorities[1].agencies, ElementsAre("AAA/y"));
}

TEST(AuthoritiesTest, OfAStateThatIsNoPartyAreNone) {
  EXPECT_THAT(LawOf(TwoBound().Fold().LawBetween("AAA", "CCC")).answerer_authorities, IsEmpty());
}

constexpr char kRule[] = "prohibitions { id: \"p\" cites: \"9\" }";

TEST(OverlayTest, NarrowsWhateverItsStateAsksOrAnswersFromItsAdoption) {
  World world = ThreeBound();
  const std::string hash = world.AddOverlay("AAA", 1, kRule);
  EXPECT_THAT(world.Fold().LawBetween("AAA", "BBB").narrowings, IsEmpty()) << "not adopted yet";
  world.Act("AAA", "2021-01-01", absl::StrCat("adopt { overlay { id: \"AAA-LAW\" sha256: \"", hash, "\" } }"));
  const Standing standing = world.Fold();
  for (const auto& [asker, answerer] : {std::pair("AAA", "BBB"), std::pair("CCC", "AAA"), std::pair("AAA", "AAA")}) {
    const PairLaw law = standing.LawBetween(asker, answerer);
    ASSERT_THAT(law.narrowings, SizeIs(1));
    EXPECT_EQ(TextOf(law.narrowings[0].spans), "2021-01-01..");
    EXPECT_EQ(law.narrowings[0].treaty_id, "");
    EXPECT_EQ(law.narrowings[0].origin, "AAA-LAW");
  }
  EXPECT_THAT(standing.LawBetween("BBB", "CCC").narrowings, IsEmpty());
}

TEST(OverlayTest, IsReplacedByANewerVersionOnly) {
  World world = ThreeBound();
  const auto adopt = [&](const char* day, const std::string& hash) {
    world.Act("AAA", day, absl::StrCat("adopt { overlay { id: \"AAA-LAW\" sha256: \"", hash, "\" } }"));
  };
  const std::string first = world.AddOverlay("AAA", 1, kRule);
  const std::string second = world.AddOverlay("AAA", 2, kRule);
  adopt("2021-01-01", first);
  adopt("2022-01-01", second);
  adopt("2023-01-01", first);
  const PairLaw law = world.Fold().LawBetween("AAA", "BBB");
  std::vector<std::string> spans;
  for (const NarrowingLaw& narrowing : law.narrowings) spans.push_back(TextOf(narrowing.spans));
  std::sort(spans.begin(), spans.end());
  EXPECT_THAT(spans, ElementsAre("2021-01-01..2022-01-01", "2022-01-01.."));
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("OVERLAY_OLDER"));
  adopt("2024-01-01", world.AddOverlay("AAA", 3, ""));
  EXPECT_THAT(world.Fold().LawBetween("AAA", "BBB").narrowings, SizeIs(2)) << "repealed from 2024 on";
}

TEST(OverlayTest, IsTheStatesOwnAndAtHand) {
  World world = ThreeBound();
  const std::string hash = world.AddOverlay("AAA", 1, kRule);
  world.Act("BBB", "2021-01-01", absl::StrCat("adopt { overlay { id: \"AAA-LAW\" sha256: \"", hash, "\" } }"));
  world.Act("CCC", "2021-01-01", absl::StrCat("adopt { overlay { id: \"CCC-LAW\" sha256: \"", SomeHash(), "\" } }"));
  EXPECT_THAT(CodesOf(world.Fold()), ElementsAre("NOT_OWN_LAW", "DOCUMENT_UNKNOWN"));
  EXPECT_THAT(world.Fold().LawBetween("AAA", "BBB").narrowings, IsEmpty());
}

TEST(CalendarTest, SaysNothingAboutAYearThatWasNotPublished) {
  World world;
  world.Act("AAA", "2023-12-01",
            "set_calendar { year: 2024 holidays: \"2024-05-07\" working_weekend_days: \"2024-05-04\" }");
  const Standing standing = world.Fold();
  const Calendars& calendars = standing.calendars();
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2024, 5, 6)), true);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2024, 5, 7)), false);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2024, 5, 4)), true);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2024, 5, 5)), false);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2024, 12, 31)), true);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2025, 1, 1)), std::nullopt);
  EXPECT_EQ(calendars.IsWorkingDay("AAA", absl::CivilDay(2023, 12, 31)), std::nullopt);
  EXPECT_EQ(calendars.IsWorkingDay("BBB", absl::CivilDay(2024, 5, 6)), std::nullopt);
}

TEST(CalendarTest, IsReplacedByTheLaterAct) {
  World world;
  world.Act("AAA", "2023-12-01", "set_calendar { year: 2024 holidays: \"2024-05-07\" }");
  world.Act("AAA", "2024-02-01", "set_calendar { year: 2024 holidays: \"2024-05-08\" }");
  const Standing standing = world.Fold();
  EXPECT_EQ(standing.calendars().IsWorkingDay("AAA", absl::CivilDay(2024, 5, 7)), true);
  EXPECT_EQ(standing.calendars().IsWorkingDay("AAA", absl::CivilDay(2024, 5, 8)), false);
}

TEST(StandingTest, HoldsEveryDocumentOnceAndKnowsItsStates) {
  World world = ThreeBound();
  world.Add({.id = "A", .states = {"DDD", "AAA"}});
  world.treaties.push_back(world.treaties[0]);
  const Standing standing = world.Fold();
  ASSERT_THAT(standing.Treaties(), SizeIs(2));
  EXPECT_EQ(standing.Treaties()[0]->treaty.id(), "A");
  EXPECT_THAT(standing.States(), ElementsAre("AAA", "BBB", "CCC")) << "anybody can propose a treaty with DDD";
  EXPECT_THAT(standing.LawBetween("AAA", "BBB").treaties, SizeIs(1)) << "what nobody ratified is law nowhere";
}

// Without bounds, each digest follows each of 64 versions back to the first, for each of 250 parties: this test would
// then take days.
TEST(StandingTest, ALongChainOfVersionsThatOneStateAloneKeepsToCostsNobodyElse) {
  World world = TwoBound();
  std::vector<std::string> states{"AAA", "BBB"};
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b < 'J'; ++b) states.push_back({'P', a, b});
  }
  std::string previous;
  for (uint32_t version = 1; version <= kMostVersions; ++version) {
    previous = world.Add({.id = "CHAIN",
                          .version = version,
                          .previous = previous,
                          .states = states,
                          .entry = "rule: ENTRY_RULE_STATED"});
    world.Ratify("PAA", "2020-01-01", previous, "in_force_from: \"2020-01-01\"");
  }
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("PAA", "AAA"), previous).asker_bound), "2020-01-01..");
  for (const char* treaty : {"T", "CHAIN"}) {
    const std::string digest = standing.PolicyDigest(treaty, "AAA", "PAA", DayStart("2024-01-01"));
    for (int i = 0; i < 10'000; ++i) {
      ASSERT_EQ(standing.PolicyDigest(treaty, "PAA", "AAA", DayStart("2024-01-01")), digest);
    }
  }
}

TEST(StandingTest, SaysTheSameAfterBeingMoved) {
  World world = ThreeBound();
  world.Act("AAA", "2021-01-01", kReservation);
  Standing first = world.Fold();
  const PairLaw before = first.LawBetween("AAA", "BBB");
  const Standing second = std::move(first);
  EXPECT_EQ(before.narrowings[0].rules->prohibitions(0).id(), "p") << "what was handed out stays valid";
  EXPECT_EQ(TextOf(LawOf(second.LawBetween("AAA", "BBB")).withdrawn.at("2")), "2021-01-01..");
}

}  // namespace
}  // namespace tamga::policy
