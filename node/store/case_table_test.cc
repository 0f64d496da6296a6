// By what readmission cases are found.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kKyrgyz[] = "KGZ/interior-ministry";
constexpr char kTajik[] = "TJK/interior-ministry";

class CaseTableTest : public TestStore {
 protected:
  static CaseRow Row(const std::string& id, absl::Duration own_due = absl::InfiniteDuration(),
                     absl::Duration partner_due = absl::InfiniteDuration()) {
    CaseRow row;
    row.case_id = id;
    row.treaty_id = "A";
    row.state = 3;
    row.partner = kKyrgyz;
    row.own_due_at = kTestNow + own_due;
    row.partner_due_at = kTestNow + partner_due;
    row.due_at = std::min(row.own_due_at, row.partner_due_at);
    row.act_at = row.due_at;
    return row;
  }

  void Put(const CaseRow& row) {
    ASSERT_OK(Commit([&](Transaction& transaction) { return transaction.PutCase(row); }));
  }

  // Ids of all, page by page.
  std::vector<std::string> List(const CaseFilter& filter, size_t page_size = 2) {
    std::vector<std::string> ids;
    std::string token;
    do {
      const absl::StatusOr<CasePage> page = Read()->ListCases(filter, page_size, token);
      EXPECT_OK(page);
      if (!page.ok()) return ids;
      for (const CaseRow& row : page->cases) ids.push_back(row.case_id);
      token = page->next_page_token;
    } while (!token.empty());
    return ids;
  }

  std::vector<std::string> ToActOn(absl::Duration after, size_t limit = 10) {
    std::vector<std::string> ids;
    const std::vector<CaseToActOn> rows = Read()->CasesToActOn(kTestNow + after, limit).value();
    for (const CaseToActOn& row : rows) ids.push_back(row.case_id);
    return ids;
  }
};

TEST_F(CaseTableTest, ACaseComesBackAsItWasPutWithTheNextChangeNumber) {
  const CaseRow row = Row("a", absl::Hours(5));
  Put(row);
  Put(Row("b"));
  ASSERT_OK_AND_ASSIGN(const CaseRow stored, Read()->GetCase("a"));
  EXPECT_EQ(stored.treaty_id, "A");
  EXPECT_EQ(stored.state, 3);
  EXPECT_EQ(stored.partner, kKyrgyz);
  EXPECT_EQ(stored.due_at, row.due_at);
  EXPECT_EQ(stored.own_due_at, row.due_at);
  EXPECT_EQ(stored.partner_due_at, absl::InfiniteFuture());
  EXPECT_EQ(stored.act_at, row.act_at);
  EXPECT_EQ(stored.change, 1u);
  EXPECT_EQ(Read()->GetCase("b").value().change, 2u);
  EXPECT_THAT(Read()->GetCase("c"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(CaseTableTest, TheLastChangedComeFirst) {
  for (const char* id : {"a", "b", "c", "d"}) Put(Row(id));
  Put(Row("b"));
  for (const size_t page_size : {1, 2, 3, 100}) {
    EXPECT_THAT(List({}, page_size), ElementsAre("b", "d", "c", "a")) << page_size;
  }
}

TEST_F(CaseTableTest, CasesAreFoundByTreatyStateAndPartner) {
  CaseRow other = Row("other");
  other.treaty_id = "B";
  other.state = 5;
  other.partner = kTajik;
  Put(Row("first"));
  Put(other);
  CaseRow last = Row("last");
  last.state = 7;
  Put(last);
  EXPECT_THAT(List({.treaty_id = "A"}, 1), ElementsAre("last", "first"));
  EXPECT_THAT(List({.states = {5}}), ElementsAre("other"));
  EXPECT_THAT(List({.states = {5, 3, 5, 7}}, 1), ElementsAre("last", "other", "first"));
  EXPECT_THAT(List({.treaty_id = "B", .states = {3}}), IsEmpty());
  EXPECT_THAT(List({.partner = kTajik}), ElementsAre("other"));
}

TEST_F(CaseTableTest, WithAFilterByClockTheNextToPassComeFirst) {
  Put(Row("theirs", absl::InfiniteDuration(), absl::Hours(1)));
  Put(Row("both", absl::Hours(9), absl::Hours(3)));
  Put(Row("never"));
  Put(Row("same b", absl::Hours(5)));
  Put(Row("same a", absl::Hours(5)));
  const absl::Time late = kTestNow + absl::Hours(100);
  for (const size_t page_size : {1, 2, 3, 100}) {
    EXPECT_THAT(List({.due_by = late}, page_size), ElementsAre("theirs", "both", "same a", "same b")) << page_size;
    EXPECT_THAT(List({.side = ClockSide::kOwn}, page_size), ElementsAre("same a", "same b", "both")) << page_size;
    EXPECT_THAT(List({.side = ClockSide::kPartner}, page_size), ElementsAre("theirs", "both")) << page_size;
    EXPECT_THAT(List({.treaty_id = "A", .states = {3, 4}, .due_by = late}, page_size),
                ElementsAre("theirs", "both", "same a", "same b"));
  }
  EXPECT_THAT(List({.due_by = kTestNow + absl::Hours(3)}), ElementsAre("theirs", "both"));
  EXPECT_THAT(List({.side = ClockSide::kOwn, .due_by = kTestNow + absl::Hours(6)}), ElementsAre("same a", "same b"));
  EXPECT_THAT(List({.states = {4}, .side = ClockSide::kOwn}), IsEmpty());
  EXPECT_THAT(List({.due_by = absl::InfiniteFuture()}).size(), 4u);
}

TEST_F(CaseTableTest, ATokenOfAListOfTheOtherOrderIsRefused) {
  Put(Row("a", absl::Hours(1)));
  Put(Row("b", absl::Hours(2)));
  const CaseFilter by_clock{.side = ClockSide::kOwn};
  const std::string of_changes = Read()->ListCases({}, 1, "").value().next_page_token;
  const std::string of_clocks = Read()->ListCases(by_clock, 1, "").value().next_page_token;
  EXPECT_THAT(Read()->ListCases(by_clock, 1, of_changes), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Read()->ListCases({}, 1, of_clocks), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Read()->ListCases({}, 1, "x"), HasReason("INVALID_FIELD"));
}

TEST_F(CaseTableTest, CasesToActOnComeInTheOrderOfTheirTimes) {
  Put(Row("second", absl::Hours(2)));
  Put(Row("first", absl::Hours(1)));
  Put(Row("never"));
  EXPECT_THAT(ToActOn(absl::ZeroDuration()), IsEmpty());
  EXPECT_THAT(ToActOn(absl::Hours(1)), ElementsAre("first"));
  EXPECT_THAT(ToActOn(absl::InfiniteDuration()), ElementsAre("first", "second"));
  EXPECT_THAT(ToActOn(absl::Hours(9), 1), ElementsAre("first"));
}

TEST_F(CaseTableTest, PuttingOffIsNoChangeAndYieldsToOne) {
  Put(Row("a", absl::Hours(1)));
  const CaseToActOn seen = Read()->CasesToActOn(kTestNow + absl::Hours(1), 1).value().front();
  const auto put_off = [&](absl::Duration after) {
    return Commit([&](Transaction& transaction) { return transaction.PostponeCase(seen, kTestNow + after); });
  };
  ASSERT_OK(put_off(absl::Hours(7)));
  EXPECT_EQ(Read()->GetCase("a").value().act_at, kTestNow + absl::Hours(7));
  EXPECT_EQ(Read()->NewestCaseChange().value().newest, 1u);
  Put(Row("a", absl::Hours(2)));
  ASSERT_OK(put_off(absl::Hours(8)));
  EXPECT_EQ(Read()->GetCase("a").value().act_at, kTestNow + absl::Hours(2));
}

TEST_F(CaseTableTest, AnAlteredRowIsFoundOutAndHoldsUpNoOther) {
  Put(Row("a", absl::Hours(1)));
  Put(Row("b", absl::Hours(2)));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Database> other,
                       Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  ASSERT_OK(other->Execute("UPDATE readmission_case SET state = 10 WHERE case_id = 'a'"));
  EXPECT_THAT(Read()->GetCase("a"), HasReason("ROW_ALTERED"));
  EXPECT_THAT(ToActOn(absl::Hours(5)), ElementsAre("a", "b"));
  const CaseToActOn seen{"a", kTestNow, 1};
  ASSERT_OK(
      Commit([&](Transaction& transaction) { return transaction.PostponeCase(seen, kTestNow + absl::Hours(9)); }));
  EXPECT_THAT(ToActOn(absl::Hours(5)), ElementsAre("b"));
  EXPECT_THAT(Read()->GetCase("a"), HasReason("ROW_ALTERED"));
}

TEST_F(CaseTableTest, AChangeIsToldOnceWithItsLastNumberAndNumbersAreNotGivenAgain) {
  for (const char* id : {"a", "b", "a"}) Put(Row(id));
  const auto changes = [&](uint64_t after) {
    std::vector<std::string> told;
    const std::vector<CaseRow> rows = Read()->CaseChanges(after, 10).value();
    for (const CaseRow& row : rows) told.push_back(absl::StrCat(row.case_id, row.change));
    return told;
  };
  EXPECT_THAT(changes(0), ElementsAre("b2", "a3"));
  EXPECT_THAT(changes(2), ElementsAre("a3"));
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.RemoveCase("a"); }));
  EXPECT_THAT(changes(2), IsEmpty());
  Put(Row("c"));
  EXPECT_THAT(changes(2), ElementsAre("c4"));
  ASSERT_OK_AND_ASSIGN(const CaseChangesHead head, Read()->NewestCaseChange());
  EXPECT_EQ(head.newest, 4u);
  EXPECT_EQ(head.epoch.size(), 16u);
}

TEST_F(CaseTableTest, TheOperatorSeesHowManyThereAre) {
  Put(Row("a", absl::Hours(1)));
  Put(Row("b"));
  CaseRow other = Row("c", absl::Hours(3));
  other.state = 5;
  Put(other);
  EXPECT_THAT(Read()->CountCasesByState().value(), ElementsAre(Pair(3, 2), Pair(5, 1)));
  EXPECT_EQ(Read()->CountCasesOverdue(kTestNow + absl::Hours(2)).value(), 1u);
}

}  // namespace
}  // namespace tamga::store
