#include "absl/strings/str_cat.h"
#include "node/store/records.h"
#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kKyrgyz[] = "KGZ/interior-ministry";
constexpr char kTajik[] = "TJK/interior-ministry";

class HoldingTableTest : public TestStore {
 protected:
  static HoldingRow Row(absl::string_view name, absl::Duration due_after, const std::string& partner = kKyrgyz) {
    const absl::Time due_at = kTestNow + due_after;
    return {{TestId(name), partner, true}, due_at, due_at, 2, std::string(name)};
  }

  absl::Status Add(const HoldingRow& row) {
    return Commit([&](Transaction& transaction) { return transaction.AddHolding(row); });
  }

  // Bodies of all, page by page.
  std::vector<std::string> List(const HoldingFilter& filter, size_t page_size = 2) {
    std::vector<std::string> bodies;
    std::string token;
    do {
      const absl::StatusOr<HoldingPage> page = Read()->ListHoldings(filter, page_size, token);
      EXPECT_OK(page);
      if (!page.ok()) return bodies;
      for (const HoldingRow& row : page->holdings) bodies.push_back(row.body);
      token = page->next_page_token;
    } while (!token.empty());
    return bodies;
  }
};

TEST_F(HoldingTableTest, AHoldingComesBackAsItWasAdded) {
  const HoldingRow row{{TestId("x"), kKyrgyz, false}, absl::InfiniteFuture(), kTestNow, 18, "body"};
  ASSERT_OK(Add(row));
  EXPECT_THAT(Add(row), StatusIs(absl::StatusCode::kAlreadyExists));
  ASSERT_OK_AND_ASSIGN(const HoldingRow stored, Read()->GetHolding(row.origin));
  EXPECT_EQ(stored.origin, row.origin);
  EXPECT_GT(stored.due_at, kTestNow + absl::Hours(24 * 365 * 100));
  EXPECT_EQ(stored.act_at, kTestNow);
  EXPECT_EQ(stored.states, 18u);
  EXPECT_EQ(stored.body, "body");
}

TEST_F(HoldingTableTest, TheSameExchangeIdOfAnotherPartnerOrSideIsAnother) {
  ASSERT_OK(Add(Row("x", absl::Hours(1))));
  EXPECT_THAT(Read()->GetHolding({TestId("x"), kTajik, true}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read()->GetHolding({TestId("x"), kKyrgyz, false}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(Add(Row("x", absl::Hours(1), kTajik)));
}

TEST_F(HoldingTableTest, TheSoonestDueComeFirstInPages) {
  HoldingRow never = Row("never", absl::Hours(0));
  never.due_at = absl::InfiniteFuture();
  never.states = 16;
  ASSERT_OK(Add(never));
  ASSERT_OK(Add(Row("later", absl::Hours(9))));
  ASSERT_OK(Add(Row("same b", absl::Hours(3))));
  ASSERT_OK(Add(Row("same a", absl::Hours(3), kTajik)));
  ASSERT_OK(Add(Row("first", absl::Hours(1))));
  for (const size_t page_size : {1, 2, 3, 100}) {
    EXPECT_THAT(List({}, page_size), ElementsAre("first", "same a", "same b", "later", "never")) << page_size;
  }
  EXPECT_THAT(List({.states = 16}), ElementsAre("never"));
  EXPECT_THAT(List({.partner = kTajik}), ElementsAre("same a"));
  EXPECT_THAT(List({.partner_state = "TJK"}), ElementsAre("same a"));
  EXPECT_THAT(List({.exchange_id = TestId("later")}), ElementsAre("later"));
  EXPECT_THAT(Read()->CountHoldingsByStates().value(), ElementsAre(Pair(2, 4), Pair(16, 1)));
}

TEST_F(HoldingTableTest, AForeignPageTokenIsRefused) {
  for (const std::string token : {"x", "00", "31323320617a", "3132332061622063206420"}) {
    EXPECT_THAT(Read()->ListHoldings({}, 1, token), HasReason("INVALID_FIELD")) << token;
  }
}

TEST_F(HoldingTableTest, DueIsWhatTheNodeHasToActOnByNow) {
  ASSERT_OK(Add(Row("second", absl::Hours(2))));
  ASSERT_OK(Add(Row("first", absl::Hours(1))));
  EXPECT_THAT(Read()->DueHoldings(kTestNow, 10).value(), IsEmpty());
  EXPECT_EQ(Read()->DueHoldings(kTestNow + absl::Hours(1), 10).value().size(), 1u);
  const std::vector<HoldingRow> due = Read()->DueHoldings(kTestNow + absl::Hours(9), 10).value();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].body, "first");
  EXPECT_EQ(Read()->DueHoldings(kTestNow + absl::Hours(9), 1).value().size(), 1u);
}

TEST_F(HoldingTableTest, AHoldingChangesOnlyFromWhatItWas) {
  ASSERT_OK(Add(Row("x", absl::Hours(1))));
  HoldingRow changed = Row("x", absl::Hours(5));
  changed.body = "changed";
  const auto change = [&](absl::string_view from) {
    return Commit([&](Transaction& transaction) { return transaction.ChangeHolding(changed, from); });
  };
  EXPECT_THAT(change("other"), HasReason("VERSION_CONFLICT"));
  ASSERT_OK(change("x"));
  EXPECT_EQ(Read()->GetHolding(changed.origin).value().body, "changed");
  changed.origin.partner = kTajik;
  EXPECT_THAT(change("changed"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(HoldingTableTest, ARecordKeepsItsOriginUntilAnotherTakesItsPlaceOrItIsForgotten) {
  const Origin first{TestId("1"), kKyrgyz, false};
  const Origin second{TestId("2"), kKyrgyz, false};
  Records records(*database_, *vault_, rng_);
  const auto origin = [&] { return records.Get("case", "a").value().origin; };
  ASSERT_OK(Commit(records.Put("case", "a", 0, "body", kTestNow, first)));
  ASSERT_OK(Commit(records.Put("case", "own", 0, "body", kTestNow)));
  ASSERT_OK(Commit(records.Put("case", "a", 1, "mine", kTestNow)));
  EXPECT_EQ(origin(), first);
  EXPECT_EQ(records.Get("case", "own").value().origin, std::nullopt);
  EXPECT_EQ(Read()->RecordsOf(first).value().size(), 1u);
  EXPECT_THAT(Read()->RecordsOf({TestId("1"), kTajik, false}).value(), IsEmpty());
  EXPECT_THAT(Read()->RecordsOf({TestId("1"), kKyrgyz, true}).value(), IsEmpty());
  ASSERT_OK(Commit(records.Put("case", "a", 2, "body", kTestNow, second)));
  EXPECT_EQ(origin(), second);
  EXPECT_THAT(Read()->RecordsOf(first).value(), IsEmpty());
  ASSERT_OK(Commit([&](Transaction& transaction) { return transaction.ForgetOrigin(second); }));
  EXPECT_EQ(origin(), std::nullopt);
  EXPECT_EQ(records.Get("case", "a").value().version, 3);
}

}  // namespace
}  // namespace tamga::store
