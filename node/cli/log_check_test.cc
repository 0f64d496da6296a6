#include "node/cli/log_check.h"

#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "node/cli/exit_code.h"
#include "node/cli/test_log.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

TestLog LogOf(uint64_t size) {
  TestLog log;
  for (uint64_t i = 0; i < size; ++i) log.Append(std::to_string(i));
  return log;
}

TEST(LogCheckTest, ProvesEveryEntryOfLogsOfAllSmallSizes) {
  for (uint64_t size = 1; size <= 9; ++size) {
    const TestLog log = LogOf(size);
    for (uint64_t index = 0; index < size; ++index) {
      const auto response = log.ProveInclusion(index);
      ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                           LogCheck(log.key()).CheckInclusion(index, response.proof(), response.entry_bytes()));
      EXPECT_EQ(checkpoint.size, size);
    }
  }
}

TEST(LogCheckTest, AProofHoldsForItsOwnEntryIndexAndKeyOnly) {
  const TestLog log = LogOf(5);
  const LogCheck check(log.key());
  const auto response = log.ProveInclusion(2);
  EXPECT_THAT(check.CheckInclusion(2, response.proof(), log.entry(3)), HasReason("LOG_FAULT"));
  EXPECT_THAT(check.CheckInclusion(3, response.proof(), log.entry(2)), HasReason("LOG_FAULT"));
  EXPECT_THAT(LogCheck(TestLog('x').key()).CheckInclusion(2, response.proof(), log.entry(2)), HasReason("LOG_FAULT"));
  EXPECT_EQ(ExitCodeOf(check.CheckInclusion(3, response.proof(), log.entry(2)).status()), kRefused);
}

TEST(LogCheckTest, NoBitOfTheEntryMayChange) {
  const TestLog log = LogOf(3);
  const auto response = log.ProveInclusion(1);
  for (size_t bit = 0; bit < response.entry_bytes().size() * 8; ++bit) {
    std::string entry = response.entry_bytes();
    entry[bit / 8] = static_cast<char>(entry[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(LogCheck(log.key()).CheckInclusion(1, response.proof(), entry), HasReason("LOG_FAULT")) << bit;
  }
}

TEST(LogCheckTest, NoBitOfTheCheckpointMayChange) {
  const TestLog log = LogOf(3);
  const LogCheck check(log.key());
  const std::string checkpoint = log.Checkpoint(3);
  ASSERT_OK(check.Open(checkpoint));
  for (size_t bit = 0; bit < checkpoint.size() * 8; ++bit) {
    std::string changed = checkpoint;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(check.Open(changed), HasReason("LOG_FAULT")) << bit;
  }
}

TEST(LogCheckTest, AGrownLogBeginsWithItsPast) {
  const TestLog log = LogOf(9);
  const LogCheck check(log.key());
  for (uint64_t size = 1; size <= 9; ++size) {
    ASSERT_OK_AND_ASSIGN(const auto before, check.Open(log.Checkpoint(size)));
    ASSERT_OK_AND_ASSIGN(const auto now, check.Open(log.Checkpoint(9)));
    EXPECT_OK(check.CheckGrowth(before, now, log.ProveConsistency(size)));
  }
}

TEST(LogCheckTest, ARewrittenPastIsFound) {
  for (uint64_t changed = 0; changed < 4; ++changed) {
    TestLog log = LogOf(4);
    const LogCheck check(log.key());
    ASSERT_OK_AND_ASSIGN(const auto before, check.Open(log.Checkpoint(4)));
    log.Append("4");
    log.Rewrite(changed, "another");
    ASSERT_OK_AND_ASSIGN(const auto now, check.Open(log.Checkpoint(5)));
    EXPECT_THAT(check.CheckGrowth(before, now, log.ProveConsistency(4)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("does not begin with the log of 4 entries")));
  }
}

TEST(LogCheckTest, AnAnswerAboutAnotherSizeOrByAnotherRootProvesNothing) {
  TestLog log = LogOf(9);
  const LogCheck check(log.key());
  ASSERT_OK_AND_ASSIGN(const auto before, check.Open(log.Checkpoint(4)));
  ASSERT_OK_AND_ASSIGN(const auto now, check.Open(log.Checkpoint(9)));
  EXPECT_THAT(check.CheckGrowth(before, now, log.ProveConsistency(4, 8)), HasReason("LOG_FAULT"));
  auto response = log.ProveConsistency(4);
  response.set_checkpoint(log.Checkpoint(8));
  EXPECT_THAT(check.CheckGrowth(before, now, response),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("shows another checkpoint, over 8")));
  // What the node shows when it only repeats what is remembered.
  response.clear_hashes();
  response.set_checkpoint(log.Checkpoint(4));
  EXPECT_THAT(check.CheckGrowth(before, now, response), HasReason("LOG_FAULT"));
}

TEST(LogCheckTest, ACheckpointOfAnotherLogIsAMistakeAndNoFault) {
  const TestLog log = LogOf(3);
  ledger::NoteKey other = TestLog('x').key();
  EXPECT_THAT(LogCheck(other).Open(log.Checkpoint(3)), HasReason("LOG_FAULT"));  // it claims to be that log's
  other.name = "log.interior-ministry.kgz.tamga";
  const absl::Status mistake = LogCheck(other).Open(log.Checkpoint(3)).status();
  EXPECT_THAT(mistake, HasReason("OTHER_LOG"));
  EXPECT_EQ(ExitCodeOf(mistake), kUsage);
  const auto response = log.ProveInclusion(1);
  EXPECT_THAT(LogCheck(other).CheckInclusion(1, response.proof(), response.entry_bytes()), HasReason("OTHER_LOG"));
}

TEST(LogCheckTest, WhatIsFoundWithoutANodeMayBeTheFilesFault) {
  const absl::Status found = WithoutNode(LogFaultError("it does not verify"));
  EXPECT_THAT(found, HasReason("COPY_FAULT"));
  EXPECT_EQ(ExitCodeOf(found), kRefused);
}

}  // namespace
}  // namespace tamga::cli
