#include <string>

#include "node/store/test_store.h"

namespace tamga::store {
namespace {

constexpr char kKey[] = "TREATY\n1\n2\nKAZ/a\nKGZ/b";
constexpr absl::Duration kDay = absl::Hours(24);

class QuotaTableTest : public TestStore {
 protected:
  absl::StatusOr<bool> Count(absl::Time now, uint32_t amount = 3, absl::string_view key = kKey,
                             absl::Duration window = kDay) {
    absl::StatusOr<bool> counted = false;
    RETURN_IF_ERROR(Commit([&](Transaction& transaction) {
      counted = transaction.CountUse(key, amount, window, now);
      return counted.status();
    }));
    return counted;
  }

  absl::StatusOr<int64_t> Rows() {
    ASSIGN_OR_RETURN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadOnly));
    return other->QueryInt("SELECT count(*) FROM quota_use");
  }
};

TEST_F(QuotaTableTest, LetsThroughTheAmountAndNoMore) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(kTestNow).value());
  EXPECT_FALSE(Count(kTestNow).value());
  EXPECT_TRUE(Count(kTestNow, 3, "another key").value());
  EXPECT_EQ(Rows().value(), 4);
}

TEST_F(QuotaTableTest, TheWindowMoves) {
  for (int hour = 0; hour < 3; ++hour) EXPECT_TRUE(Count(kTestNow + absl::Hours(hour)).value());
  EXPECT_FALSE(Count(kTestNow + kDay - absl::Nanoseconds(1)).value());
  EXPECT_TRUE(Count(kTestNow + kDay).value());
  EXPECT_FALSE(Count(kTestNow + kDay).value());
  EXPECT_TRUE(Count(kTestNow + kDay + absl::Hours(1)).value());
}

TEST_F(QuotaTableTest, ARestartForgetsNothing) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(kTestNow).value());
  database_.reset();
  ASSERT_OK_AND_ASSIGN(database_, ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey));
  EXPECT_FALSE(Count(kTestNow).value());
}

TEST_F(QuotaTableTest, AStricterAmountBindsAtOnce) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(kTestNow).value());
  EXPECT_FALSE(Count(kTestNow, 2).value());
  EXPECT_TRUE(Count(kTestNow, 4).value());
}

TEST_F(QuotaTableTest, OnlyUsesBeyondTheirWindowArePruned) {
  EXPECT_TRUE(Count(kTestNow).value());
  EXPECT_TRUE(Count(kTestNow, 3, kKey, 2 * kDay).value());
  EXPECT_TRUE(Count(kTestNow + absl::Hours(1)).value());
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.PruneQuotas(kTestNow + kDay); }));
  EXPECT_EQ(Rows().value(), 2);
  EXPECT_FALSE(Count(kTestNow + kDay, 2, kKey, 2 * kDay).value());
}

TEST_F(QuotaTableTest, WhatWasNotWrittenByThisNodeIsRefused) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(kTestNow).value());
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  for (const char* change : {"UPDATE quota_use SET t = 0 WHERE n = 1", "UPDATE quota_use SET n = -1 WHERE n = 3"}) {
    ASSERT_OK(other->Execute(change));
    EXPECT_THAT(Count(kTestNow), HasReason("ROW_ALTERED")) << change;
  }
}

}  // namespace
}  // namespace tamga::store
