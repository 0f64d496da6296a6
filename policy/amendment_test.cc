// How one version of a treaty follows another, and what happens when two want the same place.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "policy/document_fixture.h"
#include "policy/standing.h"
#include "policy/standing_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAll[] = "rule: ENTRY_RULE_ALL_PARTIES denunciation_days: 90";
constexpr char kTwo[] = "rule: ENTRY_RULE_DEPOSITS deposits: 2 denunciation_days: 90";

// Three States bound by a first version from 2020 on, and texts that amend it.
struct Amended {
  explicit Amended(std::string amending_rule = kAll) : rule(std::move(amending_rule)) {
    first = world.Add({.states = {"AAA", "BBB", "CCC"}, .entry = kAll});
    for (const char* state : {"AAA", "BBB", "CCC"}) world.Ratify(state, "2020-01-01", first);
    second = Amend(first, 2, "The second.");
  }

  std::string Amend(const std::string& previous, uint32_t version, const std::string& note) {
    return world.Add({.version = version,
                      .previous = previous,
                      .states = {"AAA", "BBB", "CCC"},
                      .entry = rule,
                      .expires_on = "",
                      .note = note});
  }

  std::string Grants(const std::string& a, const std::string& b, const std::string& hash) const {
    return TextOf(LawOf(world.Fold().LawBetween(a, b), hash).grants);
  }
  // Of `a` towards `b`.
  std::string Bound(const std::string& a, const std::string& b, const std::string& hash) const {
    return TextOf(LawOf(world.Fold().LawBetween(a, b), hash).asker_bound);
  }

  World world;
  std::string rule;
  std::string first;
  std::string second;
};

TEST(AmendmentTest, ReplacesTheVersionBeforeItOnceAllHaveRatified) {
  Amended t;
  t.world.Ratify("AAA", "2024-01-01", t.second);
  t.world.Ratify("BBB", "2024-02-01", t.second);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..") << "one is missing";
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "");
  t.world.Ratify("CCC", "2024-03-01", t.second);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..2024-03-01");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "2024-03-01..");
  EXPECT_EQ(t.Bound("AAA", "BBB", t.first), "2020-01-01..2024-03-01");
  EXPECT_EQ(t.Bound("AAA", "BBB", t.second), "2024-03-01..");
  EXPECT_THAT(t.world.Fold().findings(), IsEmpty());
}

TEST(AmendmentTest, ReplacesItBetweenThoseWhoRatifiedAndLeavesItBetweenOthers) {
  Amended t(kTwo);
  t.world.Ratify("AAA", "2024-01-01", t.second);
  t.world.Ratify("BBB", "2024-02-01", t.second);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..2024-02-01");
  EXPECT_EQ(t.Grants("BBB", "AAA", t.second), "2024-02-01..");
  EXPECT_EQ(t.Grants("AAA", "CCC", t.first), "2020-01-01..");
  EXPECT_EQ(t.Grants("AAA", "CCC", t.second), "");
  EXPECT_EQ(t.Bound("AAA", "CCC", t.first), "2020-01-01..") << "it owes the old text to the one who stayed with it";
  EXPECT_EQ(t.Bound("AAA", "CCC", t.second), "2024-02-01..") << "and is bound by the new one towards whomever";
}

TEST(AmendmentTest, NeedsTheVersionBeforeItInForceForBoth) {
  World world;
  const std::string first = world.Add({.entry = kAll});
  const std::string second = world.Add({.version = 2, .previous = first, .entry = kAll});
  world.Ratify("AAA", "2020-01-01", first);
  world.Ratify("AAA", "2020-01-01", second);
  world.Ratify("BBB", "2020-01-01", second);
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), second).grants), "");
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), second).asker_bound), "");
  world.Ratify("BBB", "2021-01-01", first);
  EXPECT_EQ(TextOf(LawOf(world.Fold().LawBetween("AAA", "BBB"), second).grants), "2021-01-01..");
}

TEST(AmendmentTest, OfATextThatIsNotAtHandHasNoEffect) {
  World world;
  const std::string second = world.Add({.version = 2, .previous = SomeHash(), .entry = kAll});
  world.Ratify("AAA", "2020-01-01", second);
  world.Ratify("BBB", "2020-01-01", second);
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB")).grants), "");
  ASSERT_EQ(standing.findings().size(), 1u);
  EXPECT_EQ(standing.findings()[0].code, "AMENDS_UNKNOWN");
}

TEST(AmendmentTest, MustCountTheVersionsOneByOne) {
  Amended t;
  const std::string third = t.Amend(t.first, 3, "Not the third.");
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", third);
  EXPECT_EQ(t.Grants("AAA", "BBB", third), "");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..");
}

TEST(AmendmentTest, FollowsAnotherAmendment) {
  Amended t;
  const std::string third = t.Amend(t.second, 3, "The third.");
  for (const char* state : {"AAA", "BBB", "CCC"}) {
    t.world.Ratify(state, "2024-01-01", t.second);
    t.world.Ratify(state, "2023-01-01", third);
  }
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..2024-01-01");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "");
  EXPECT_EQ(t.Grants("AAA", "BBB", third), "2024-01-01..");
}

TEST(AmendmentTest, ReplacesTheOldTextTowardsOutsidersWhenNobodyElseHoldsTheStateToIt) {
  Amended t(kTwo);
  t.world.Ratify("AAA", "2024-01-01", t.second);
  t.world.Ratify("BBB", "2024-02-01", t.second);
  EXPECT_EQ(t.Bound("AAA", "XXX", t.first), "2020-01-01..") << "CCC holds it to the old text";
  EXPECT_EQ(t.Bound("AAA", "AAA", t.first), "2020-01-01..");
  t.world.Ratify("CCC", "2024-03-01", t.second);
  EXPECT_EQ(t.Bound("AAA", "XXX", t.first), "2020-01-01..2024-03-01");
  EXPECT_EQ(t.Bound("AAA", "XXX", t.second), "2024-02-01..");
  EXPECT_EQ(t.Bound("AAA", "AAA", t.first), "2020-01-01..2024-03-01");
}

TEST(AmendmentTest, OfADomesticAgreementReplacesItWithinTheState) {
  World world;
  const std::string first = world.Add({.states = {"AAA"}, .entry = kAll});
  const std::string second = world.Add({.version = 2, .previous = first, .states = {"AAA"}, .entry = kAll});
  world.Ratify("AAA", "2020-01-01", first);
  world.Ratify("AAA", "2024-01-01", second);
  const Standing standing = world.Fold();
  const PairLaw law = standing.LawBetween("AAA", "AAA");
  EXPECT_EQ(TextOf(LawOf(law, first).grants), "2020-01-01..2024-01-01");
  EXPECT_EQ(TextOf(LawOf(law, first).asker_bound), "2020-01-01..2024-01-01");
  EXPECT_EQ(TextOf(LawOf(law, second).grants), "2024-01-01..");
}

TEST(AmendmentTest, KeepsTheTreatyFromExpiring) {
  World world;
  const std::string first = world.Add({.entry = kAll, .expires_on = "2024-01-01"});
  const std::string second = world.Add({.version = 2, .previous = first, .entry = kAll, .expires_on = "2034-01-01"});
  for (const char* state : {"AAA", "BBB"}) {
    world.Ratify(state, "2020-01-01", first);
    world.Ratify(state, "2024-06-01", second);
  }
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), first).grants), "2020-01-01..2024-01-01");
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), second).grants), "2024-06-01..2034-01-01");
}

TEST(AmendmentTest, EndsWithTheTreatyWhenAStateLeaves) {
  Amended t;
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  t.world.Act("AAA", "2025-01-01", "denounce { treaty_id: \"T\" }");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "2024-01-01..2025-04-01");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..2024-01-01") << "the old text does not come back";
  EXPECT_EQ(t.Grants("CCC", "BBB", t.second), "2024-01-01..");
}

TEST(AmendmentTest, NamesItsOwnAuthorities) {
  Amended t;
  t.world.Act("AAA", "2021-01-01", "change_authorities { treaty_id: \"T\" agencies: \"AAA/x\" }");
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  const Standing standing = t.world.Fold();
  EXPECT_EQ(LawOf(standing.LawBetween("AAA", "BBB"), t.first).asker_authorities.size(), 2u);
  EXPECT_EQ(LawOf(standing.LawBetween("AAA", "BBB"), t.second).asker_authorities.size(), 1u);
}

TEST(RivalsTest, TwoAmendmentsAtOnceTakeNoEffectAndTheLastGoodVersionStays) {
  Amended t;
  const std::string other = t.Amend(t.first, 2, "Another second.");
  for (const std::string& document : {t.second, other}) t.world.Ratify("AAA", "2024-01-01", document);
  for (const char* state : {"BBB", "CCC"}) {
    for (const std::string& document : {other, t.second}) t.world.Ratify(state, "2024-01-01", document);
  }
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "");
  EXPECT_EQ(t.Grants("AAA", "BBB", other), "");
  EXPECT_EQ(t.Bound("AAA", "BBB", t.first), "2020-01-01..");
  EXPECT_EQ(t.Bound("AAA", "BBB", t.second), "2024-01-01..") << "what was ratified forbids what it forbids";
  const Standing standing = t.world.Fold();
  ASSERT_EQ(standing.findings().size(), 1u);
  EXPECT_EQ(standing.findings()[0].code, "VERSIONS_CONFLICT");
  EXPECT_THAT(standing.findings()[0].what, HasSubstr("both are ratified"));
}

TEST(RivalsTest, AreOnlyTheMattersOfThoseWhoRatifyThem) {
  Amended t;
  const std::string other = t.Amend(t.first, 2, "Another second.");
  t.world.Ratify("CCC", "2023-12-01", other);
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "2024-01-01..");
  EXPECT_EQ(t.Grants("AAA", "CCC", t.second), "");
  EXPECT_EQ(t.Grants("AAA", "CCC", t.first), "2020-01-01..");
  EXPECT_EQ(t.world.Fold().findings().size(), 1u);
}

// A day is whatever an act says; that it comes later in its State's register is beyond doubt.
TEST(RivalsTest, ThatAreDatedBackChangeNothing) {
  Amended t;
  const std::string other = t.Amend(t.first, 2, "Another second.");
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  for (const char* state : {"AAA", "CCC"}) {
    t.world.Ratify(state, "2000-01-01", other);
    t.world.Ratify(state, "1990-01-01", t.second);
  }
  for (const char* state : {"BBB", "CCC"}) {
    EXPECT_EQ(t.Grants("AAA", state, t.first), "2020-01-01..2024-01-01") << state;
    EXPECT_EQ(t.Grants("AAA", state, t.second), "2024-01-01..") << state;
    EXPECT_EQ(t.Grants("AAA", state, other), "") << state;
  }
}

TEST(RivalsTest, AreNoRivalsWhileOneIsOnlySigned) {
  Amended t;
  const std::string other = t.Amend(t.first, 2, "Another second.");
  t.world.Act("CCC", "2023-12-01", absl::StrCat("sign { document { id: \"T\" sha256: \"", other, "\" } }"));
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "2024-01-01..");
  EXPECT_THAT(t.world.Fold().findings(), IsEmpty());
}

TEST(RivalsTest, DoNotDislodgeWhatWasInForceBefore) {
  Amended t;
  const std::string other = t.Amend(t.first, 2, "Another second.");
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2024-01-01", t.second);
  for (const char* state : {"AAA", "BBB", "CCC"}) t.world.Ratify(state, "2025-01-01", other);
  EXPECT_EQ(t.Grants("AAA", "BBB", t.first), "2020-01-01..2024-01-01");
  EXPECT_EQ(t.Grants("AAA", "BBB", t.second), "2024-01-01..") << "the last good version";
  EXPECT_EQ(t.Grants("AAA", "BBB", other), "");
  EXPECT_EQ(t.world.Fold().findings().size(), 1u);
}

TEST(RivalsTest, OfAFirstVersionLeaveNothingGranted) {
  World world;
  const std::string one = world.Add({.entry = kAll, .note = "One."});
  const std::string other = world.Add({.entry = kAll, .note = "Other."});
  for (const std::string& document : {one, other}) world.Ratify("AAA", "2020-01-01", document);
  for (const std::string& document : {other, one}) world.Ratify("BBB", "2020-01-01", document);
  const Standing standing = world.Fold();
  for (const std::string& hash : {one, other}) {
    EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), hash).grants), "");
    EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), hash).asker_bound), "2020-01-01..");
  }
}

TEST(RivalsTest, EndWhenOneIsGivenUp) {
  World world;
  const std::string one = world.Add({.entry = kTwo, .note = "One."});
  const std::string other =
      world.Add({.states = {"AAA", "CCC"}, .entry = "rule: ENTRY_RULE_ALL_PARTIES", .note = "Other."});
  world.Ratify("AAA", "2020-01-01", other);
  world.Act("AAA", "2021-01-01", "denounce { treaty_id: \"T\" }");
  world.Ratify("AAA", "2021-01-01", one);
  world.Ratify("BBB", "2020-06-01", one);
  const Standing standing = world.Fold();
  EXPECT_EQ(TextOf(LawOf(standing.LawBetween("AAA", "BBB"), one).grants), "2021-01-01..");
}

TEST(RivalsTest, OfStrangersDoNotDisturb) {
  World world;
  const std::string one = world.Add({.entry = kAll, .note = "One."});
  const std::string other = world.Add({.states = {"XXX", "YYY"}, .entry = kAll, .note = "Other."});
  world.Ratify("XXX", "2019-01-01", other);
  world.Ratify("YYY", "2019-01-01", other);
  world.Ratify("AAA", "2020-01-01", one);
  world.Ratify("BBB", "2020-01-01", one);
  EXPECT_EQ(TextOf(LawOf(world.Fold().LawBetween("AAA", "BBB"), one).grants), "2020-01-01..");
}

}  // namespace
}  // namespace tamga::policy
