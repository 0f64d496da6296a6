#include "policy/treaty_set.h"

#include "node/base/matchers.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

TEST(TreatySetTest, FindsDocumentsByIdAndKeepsThemSorted) {
  const TreatySet set = SetOf(
      {With(SmallTreaty(), "\"SMALL\"", "\"ZULU\""), SmallTreaty(), With(SmallTreaty(), "\"SMALL\"", "\"ALFA\"")});
  ASSERT_EQ(set.documents().size(), 3u);
  EXPECT_EQ(set.documents()[0]->treaty.id(), "ALFA");
  EXPECT_EQ(set.documents()[2]->treaty.id(), "ZULU");
  ASSERT_NE(set.Find("SMALL"), nullptr);
  EXPECT_EQ(set.Find("SMALL")->treaty.id(), "SMALL");
  EXPECT_EQ(set.Find("SMALLER"), nullptr);
  EXPECT_EQ(set.Find(""), nullptr);
}

TEST(TreatySetTest, WithoutTreatiesPermitsNothing) {
  const TreatySet set = SetOf({});
  const Decision decision = set.Decide(SmallQuestion(), Stage::kRequestEgress, Day("2024-01-01"));
  EXPECT_FALSE(decision.permitted);
  EXPECT_EQ(decision.reason, "NO_GRANT");
}

TEST(TreatySetTest, DecidesTheSameAfterBeingMoved) {
  TreatySet first = SetOf({SmallTreaty()});
  const TreatySet second = std::move(first);
  EXPECT_TRUE(second.Decide(SmallQuestion(), Stage::kRequestEgress, Day("2024-01-01")).permitted);
}

}  // namespace
}  // namespace tamga::policy
