#include "node/store/test_store.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

using ::testing::SizeIs;

constexpr char kOrigin[] = "log.interior-ministry.kgz.tamga";

SeenRow Seen(uint64_t size) { return {kOrigin, size, std::string(32, 'r'), "note", kTestNow}; }

class WitnessTableTest : public TestStore {
 protected:
  absl::Status Put(const SeenRow& row, uint64_t expected_size) {
    return Commit([&](Transaction& transaction) { return transaction.PutSeen(row, expected_size); });
  }
};

TEST_F(WitnessTableTest, WhatIsSeenReplacesOnlyWhatWasExpected) {
  EXPECT_EQ(Read()->FindSeen(kOrigin).value(), std::nullopt);
  EXPECT_THAT(Put(Seen(5), 3), StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(Put(Seen(5), 0));
  EXPECT_THAT(Put(Seen(9), 0), StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(Put(Seen(7), 5));
  EXPECT_EQ(Read()->FindSeen(kOrigin).value()->size, 7u);
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.ForgetSeen(kOrigin); }));
  ASSERT_OK(Put(Seen(2), 0));
}

TEST_F(WitnessTableTest, ContradictionsAreKeptWhenTheyAreSettled) {
  ContradictionRow row{kOrigin, "fork", "before", "after", kTestNow};
  ContradictionRow other{"log.other", "fork", "before", "after", kTestNow};
  ASSERT_OK(Commit([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.AddContradiction(row));
    RETURN_IF_ERROR(transaction.AddContradiction(other));
    return transaction.SettleContradictions(kOrigin);
  }));
  ASSERT_OK_AND_ASSIGN(const std::vector<ContradictionRow> rows, Read()->ListContradictions());
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_TRUE(rows[0].settled);
  EXPECT_EQ(rows[0].after, "after");
  EXPECT_FALSE(rows[1].settled);
}

TEST_F(WitnessTableTest, OneRowAWitnessIsKept) {
  for (const uint64_t size : {3u, 4u}) {
    ASSERT_OK(Commit([&](Transaction& transaction) { return transaction.PutCosigned({"w", size, "note", kTestNow}); }));
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<CosignedRow> rows, Read()->ListCosigned());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].size, 4u);
}

TEST_F(WitnessTableTest, WhatWasNotWrittenByThisNodeIsRefused) {
  ASSERT_OK(Put(Seen(5), 0));
  ASSERT_OK(Commit([](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.AddContradiction({kOrigin, "fork", "before", "after", kTestNow}));
    return transaction.PutCosigned({"w", 3, "note", kTestNow});
  }));
  ASSERT_OK_AND_ASSIGN(const auto other, Database::Open(folder_.path() + "/exchange.db", Database::Access::kReadWrite));
  for (const char* change :
       {"UPDATE seen SET size = 4", "UPDATE contradiction SET settled = 1", "UPDATE cosigned SET size = 9"}) {
    ASSERT_OK(other->Execute(change));
  }
  EXPECT_THAT(Read()->FindSeen(kOrigin), HasReason("ROW_ALTERED"));
  EXPECT_THAT(Read()->ListContradictions(), HasReason("ROW_ALTERED"));
  EXPECT_THAT(Read()->ListCosigned(), HasReason("ROW_ALTERED"));
  EXPECT_THAT(Put(Seen(9), 4), HasReason("ROW_ALTERED"));
}

}  // namespace
}  // namespace tamga::store
