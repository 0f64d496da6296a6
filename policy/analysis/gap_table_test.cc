#include "policy/analysis/gap_table.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/analysis/fixture.h"

namespace tamga::policy::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// What the cell of the small treaty's grant says.
struct Read {
  Outcome outcome;
  std::string text;
  std::vector<std::string> granting;
  std::vector<std::string> forbidding;
};

Read CheckCell(const v1::Treaty& treaty) {
  const RuleBoxes rules = Compile({{&treaty}, {}});
  for (const GapCell& cell : GapTable(rules)) {
    if (cell.asker == "AAA" && cell.answerer == "BBB" && cell.operation == v1::OPERATION_WATCHLIST_CHECK &&
        cell.record_kind == v1::RECORD_KIND_WATCHLIST && cell.purpose == v1::PURPOSE_BORDER_CHECK) {
      return {cell.outcome, ToText(*rules.space, cell), GrantingArticles(cell), ForbiddingArticles(cell)};
    }
  }
  ADD_FAILURE() << "no cell";
  return {};
}

TEST(GapTableTest, WhatIsGrantedWithoutConditionsIsPermitted) {
  const Read cell = CheckCell(Small(Grant("check")));
  EXPECT_EQ(cell.outcome, Outcome::kPermit);
  EXPECT_EQ(cell.text,
            "AAA asks BBB WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK): permit: by SMALL art. 1 for AAA/border or "
            "AAA/police asking BBB/police");
}

TEST(GapTableTest, WhatNoGrantIsAboutIsDenied) {
  const Read cell = CheckCell(Small(""));
  EXPECT_EQ(cell.outcome, Outcome::kDeny);
  EXPECT_EQ(cell.text, "AAA asks BBB WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK): deny: no article grants it");
}

TEST(GapTableTest, WhatIsWhollyForbiddenIsDeniedByTheArticle) {
  const Read cell = CheckCell(Small(Grant("check") + "prohibitions { id: \"never\" cites: \"2\" }"));
  EXPECT_EQ(cell.outcome, Outcome::kDeny);
  EXPECT_THAT(cell.granting, ElementsAre("SMALL art. 1"));
  EXPECT_THAT(cell.forbidding, ElementsAre("SMALL art. 2"));
}

TEST(GapTableTest, WhatDependsOnFactsIsConditional) {
  const Read cell = CheckCell(Small(Grant("check", "when { attribute: ATTRIBUTE_AGE at_least: 18 at_most: 60 }") +
                                    "prohibitions { id: \"asylum\" cites: \"2\" when { attribute: "
                                    "ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES } }"));
  EXPECT_EQ(cell.outcome, Outcome::kConditional);
  EXPECT_EQ(cell.text,
            "AAA asks BBB WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK): conditional: by SMALL art. 1 for AAA/border or "
            "AAA/police asking BBB/police when AGE is 18 to 60; forbidden by SMALL art. 2 where ASYLUM_CLAIM_OPEN is "
            "YES or unknown");
}

TEST(GapTableTest, WhatDependsOnTheAgencyIsConditional) {
  v1::Treaty treaty = Small(Grant("check"));
  treaty.mutable_grants(0)->mutable_scope()->set_askers(0, "AAA/police");
  EXPECT_EQ(CheckCell(treaty).outcome, Outcome::kConditional);
}

TEST(GapTableTest, EveryCellIsFilled) {
  v1::Treaty treaty = Small(Grant("check"));
  v1::Party& third = *treaty.add_parties();
  third.set_state("CCC");
  third.add_agencies("CCC/police");
  const std::vector<GapCell> table = GapTable(Compile({{&treaty}, {}}));
  // Ordered pairs of States.
  EXPECT_THAT(table, SizeIs(6 * CellsOfAPair()));
  EXPECT_EQ(std::count_if(table.begin(), table.end(), [](const auto& cell) { return cell.outcome != Outcome::kDeny; }),
            1);
}

TEST(GapTableTest, ADomesticTreatyHasCellsOfItsStateWithItself) {
  v1::Treaty treaty = Small(Grant("check"));
  treaty.mutable_parties()->RemoveLast();
  treaty.mutable_grants(0)->mutable_scope()->clear_answerers();
  const std::vector<GapCell> table = GapTable(Compile({{&treaty}, {}}));
  ASSERT_THAT(table, SizeIs(CellsOfAPair()));
  EXPECT_EQ(table[0].asker, "AAA");
  EXPECT_EQ(table[0].answerer, "AAA");
  EXPECT_EQ(
      std::count_if(table.begin(), table.end(), [](const auto& cell) { return cell.outcome == Outcome::kPermit; }), 1);
}

TEST(GapTableTest, BeyondTheBudgetACellIsNotDecided) {
  const v1::Treaty treaty = Small(Grant("check"));
  const std::vector<GapCell> table = GapTable(Compile({{&treaty}, {}}), {.steps_per_question = 1});
  EXPECT_EQ(
      std::count_if(table.begin(), table.end(), [](const auto& cell) { return cell.outcome == Outcome::kNotDecided; }),
      1);
}

}  // namespace
}  // namespace tamga::policy::analysis
