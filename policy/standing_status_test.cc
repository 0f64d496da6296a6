// Where States stand on a day, and the fingerprint of what is in effect between two.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "node/base/encoding.h"
#include "policy/standing.h"
#include "policy/standing_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

StandingLine StatusOf(const World& world, absl::string_view state, absl::string_view day, uint32_t version = 1) {
  for (const StandingLine& line : world.Fold().StatusAt(DayStart(day))) {
    if (line.state == state && line.version == version) return line;
  }
  return {};
}

World BothRatified() {
  World world;
  const std::string hash = world.Add({.expires_on = "2030-01-01"});
  world.Act("AAA", "2019-01-01", absl::StrCat("sign { document { id: \"T\" sha256: \"", hash, "\" } }"));
  world.Ratify("AAA", "2020-01-01", hash);
  world.Ratify("BBB", "2020-02-01", hash);
  return world;
}

TEST(StatusTest, FollowsAStateFromSigningToLeaving) {
  World world = BothRatified();
  world.Act("AAA", "2022-01-01", "suspend { treaty_id: \"T\" until: \"2023-01-01\" }");
  world.Act("AAA", "2024-01-01", "denounce { treaty_id: \"T\" }");
  struct Step {
    const char* day;
    StandingStatus status;
    const char* since;
    const char* why;
  };
  for (const Step& step : {
           Step{"2019-01-01", StandingStatus::kSigned, "2019-01-01", "act 1 of AAA (Gazette 1)."},
           Step{"2019-12-31", StandingStatus::kSigned, "2019-01-01", "act 1 of AAA"},
           Step{"2020-01-01", StandingStatus::kRatified, "2020-01-01", "in force from 2020-03-02"},
           Step{"2020-03-01", StandingStatus::kRatified, "2020-01-01", "act 2 of AAA"},
           Step{"2020-03-02", StandingStatus::kInForce, "2020-03-02", "act 2 of AAA"},
           Step{"2021-12-31", StandingStatus::kInForce, "2020-03-02", "act 2 of AAA"},
           Step{"2022-01-01", StandingStatus::kSuspended, "2022-01-01", "act 3 of AAA"},
           Step{"2022-12-31", StandingStatus::kSuspended, "2022-01-01", "act 3 of AAA"},
           Step{"2023-01-01", StandingStatus::kInForce, "2020-03-02", "it ends on 2024-03-31"},
           Step{"2024-03-30", StandingStatus::kInForce, "2020-03-02", "denounced by act 4 of AAA"},
           Step{"2024-03-31", StandingStatus::kDenounced, "2024-03-31", "act 4 of AAA"},
           Step{"2099-01-01", StandingStatus::kDenounced, "2024-03-31", "act 4 of AAA"},
       }) {
    const StandingLine line = StatusOf(world, "AAA", step.day);
    EXPECT_EQ(line.status, step.status) << step.day;
    EXPECT_EQ(line.since, DayStart(step.since)) << step.day;
    EXPECT_THAT(line.why, HasSubstr(step.why)) << step.day;
  }
  EXPECT_EQ(StatusOf(world, "AAA", "2018-12-31").status, StandingStatus::kNothing);
  EXPECT_EQ(StatusOf(world, "BBB", "2019-06-01").status, StandingStatus::kNothing);
}

TEST(StatusTest, ShowsThatATreatyExpired) {
  const World world = BothRatified();
  EXPECT_EQ(StatusOf(world, "BBB", "2029-12-31").status, StandingStatus::kInForce);
  const StandingLine line = StatusOf(world, "BBB", "2030-01-01");
  EXPECT_EQ(line.status, StandingStatus::kExpired);
  EXPECT_EQ(line.since, DayStart("2030-01-01"));
}

TEST(StatusTest, ShowsWhatIsMissingForEntry) {
  const StandingLine line = StatusOf(BothRatified().Without("BBB", 1), "AAA", "2021-01-01");
  EXPECT_EQ(line.status, StandingStatus::kRatified);
  EXPECT_THAT(line.why, HasSubstr("ratifications that it takes are missing"));
}

TEST(StatusTest, ShowsSuspensionsInPart) {
  World world = BothRatified();
  world.Act("AAA", "2022-01-01", "suspend { treaty_id: \"T\" towards: \"BBB\" articles: \"1\" }");
  const StandingLine line = StatusOf(world, "AAA", "2022-06-01");
  EXPECT_EQ(line.status, StandingStatus::kInForce);
  EXPECT_THAT(line.why, HasSubstr("suspended by act 3 of AAA, articles 1, towards BBB"));
}

TEST(StatusTest, ShowsWithWhomALaterVersionIsInForce) {
  World world;
  const std::string first = world.Add({.entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  const std::string second = world.Add({.version = 2, .previous = first, .entry = "rule: ENTRY_RULE_ALL_PARTIES"});
  for (const char* state : {"AAA", "BBB"}) {
    world.Ratify(state, "2020-01-01", first);
    world.Ratify(state, "2024-01-01", second);
  }
  EXPECT_THAT(StatusOf(world, "AAA", "2024-01-01").why, HasSubstr("replaced by a later version between it and BBB"));
  EXPECT_EQ(StatusOf(world, "AAA", "2024-01-01", 2).status, StandingStatus::kInForce);
  EXPECT_EQ(StatusOf(world, "AAA", "2023-12-31", 2).status, StandingStatus::kNothing);
}

std::string Digest(const World& world, const char* day, const char* a = "AAA", const char* b = "BBB") {
  return world.Fold().PolicyDigest("T", a, b, DayStart(day));
}

TEST(PolicyDigestTest, IsTheSameOnBothSides) {
  World world = BothRatified();
  world.Act("AAA", "2021-01-01", "reserve { id: \"r\" treaty_id: \"T\" excluded_articles: \"2\" }");
  EXPECT_EQ(Digest(world, "2022-01-01"), Digest(world, "2022-01-01", "BBB", "AAA"));
  EXPECT_EQ(Digest(world, "2022-01-01").size(), 32u);
}

TEST(PolicyDigestTest, ChangesWithWhatIsInEffectAndOnlyThen) {
  World world = BothRatified();
  const std::string none = Digest(world, "2020-03-01");
  const std::string in_force = Digest(world, "2020-03-02");
  EXPECT_NE(in_force, none);
  EXPECT_EQ(Digest(world, "2025-01-01"), in_force);
  EXPECT_NE(Digest(world, "2030-01-01"), in_force) << "it expired";

  World suspended = world;
  suspended.Act("BBB", "2022-01-01", "suspend { treaty_id: \"T\" }");
  EXPECT_EQ(Digest(suspended, "2021-12-31"), in_force);
  EXPECT_NE(Digest(suspended, "2022-01-01"), in_force);

  World in_part = world;
  in_part.Act("BBB", "2022-01-01", "suspend { treaty_id: \"T\" articles: \"1\" }");
  EXPECT_NE(Digest(in_part, "2022-01-01"), in_force);
  EXPECT_NE(Digest(in_part, "2022-01-01"), Digest(suspended, "2022-01-01"));

  World reserved = world;
  reserved.Act("AAA", "2022-01-01",
               "reserve { id: \"r\" treaty_id: \"T\" narrowing { prohibitions { id: \"p\" cites: \"1\" } } }");
  EXPECT_NE(Digest(reserved, "2022-01-01"), in_force);
}

TEST(PolicyDigestTest, LeavesAStatesOwnLawsOut) {
  World world = BothRatified();
  const std::string before = Digest(world, "2022-01-01");
  const std::string hash = world.AddOverlay("AAA", 1, "prohibitions { id: \"p\" cites: \"9\" }");
  world.Act("AAA", "2021-01-01", absl::StrCat("adopt { overlay { id: \"AAA-LAW\" sha256: \"", hash, "\" } }"));
  EXPECT_EQ(Digest(world, "2022-01-01"), before);
}

TEST(PolicyDigestTest, SaysNothingOfWhatIsOnlyProposed) {
  World world = BothRatified();
  world.Act("BBB", "2021-01-01", "suspend { treaty_id: \"T\" articles: \"1\" }");
  const std::string before = Digest(world, "2022-01-01");
  world.Add({.version = 2, .previous = HexEncode(world.treaties[0].sha256)});
  world.Add({.note = "As somebody would have it."});
  EXPECT_EQ(Digest(world, "2022-01-01"), before) << "one of the two may not have been told of it";
}

TEST(PolicyDigestTest, TellsTextsApartThatDifferInOneWord) {
  World one, other;
  for (World* world : {&one, &other}) {
    const std::string hash = world->Add({.note = world == &one ? "As signed." : "As printed."});
    world->Ratify("AAA", "2020-01-01", hash);
    world->Ratify("BBB", "2020-01-01", hash);
  }
  EXPECT_NE(Digest(one, "2024-01-01"), Digest(other, "2024-01-01"));
}

}  // namespace
}  // namespace tamga::policy
