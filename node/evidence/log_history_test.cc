#include "node/evidence/log_history.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/evidence/test_log.h"

namespace tamga::evidence {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMostEntries = 20;

class LogHistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (uint64_t i = 0; i < kMostEntries; ++i) log_.Append(absl::StrCat("entry ", i));
  }

  absl::Status Prove(uint64_t index, uint64_t size, LogHistory& history) {
    return history.AddProof(log_.CheckpointAt(size), index, ledger::LeafHash(log_.entry(index)),
                            log_.PathOf(index, size));
  }

  TestLog log_;
};

TEST_F(LogHistoryTest, OfOneLogAllProofsGoTogetherAndLeadFromEachSizeToEachLargerOne) {
  LogHistory history;
  for (uint64_t size = 1; size <= kMostEntries; ++size) {
    for (uint64_t index = 0; index < size; ++index) EXPECT_OK(Prove(index, size, history));
  }
  EXPECT_EQ(history.LargestSize(), kMostEntries);
  for (uint64_t larger = 1; larger <= kMostEntries; ++larger) {
    for (uint64_t smaller = 1; smaller <= larger; ++smaller) {
      ASSERT_OK_AND_ASSIGN(const bool begins, history.BeginsWith(larger, smaller));
      EXPECT_TRUE(begins) << smaller << " and " << larger;
    }
  }
}

TEST_F(LogHistoryTest, TheProofOfTheLastEntryOfASmallerLogLeadsToIt) {
  for (uint64_t larger = 2; larger <= kMostEntries; ++larger) {
    for (uint64_t smaller = 1; smaller < larger; ++smaller) {
      LogHistory history;
      ASSERT_OK(history.AddCheckpoint(log_.CheckpointAt(smaller)));
      ASSERT_OK(Prove(smaller - 1, larger, history));
      ASSERT_OK_AND_ASSIGN(const bool begins, history.BeginsWith(larger, smaller));
      EXPECT_TRUE(begins) << smaller << " and " << larger;
    }
  }
}

TEST_F(LogHistoryTest, WhatNothingTiesIsNotTied) {
  LogHistory history;
  ASSERT_OK(Prove(0, 7, history));
  ASSERT_OK(Prove(18, 20, history));
  ASSERT_OK_AND_ASSIGN(const bool begins, history.BeginsWith(20, 7));
  EXPECT_FALSE(begins);
  EXPECT_TRUE(history.Proves(7, 0, ledger::LeafHash(log_.entry(0))));
  EXPECT_FALSE(history.Proves(20, 0, ledger::LeafHash(log_.entry(0))));
}

TEST_F(LogHistoryTest, AProofOfGrowthTiesWhatNothingElseTies) {
  for (uint64_t larger = 2; larger <= kMostEntries; ++larger) {
    for (uint64_t smaller = 1; smaller < larger; ++smaller) {
      LogHistory history;
      ASSERT_OK(history.AddCheckpoint(log_.CheckpointAt(smaller)));
      EXPECT_TRUE(history.HasSize(smaller));
      EXPECT_FALSE(history.HasSize(larger));
      std::vector<ledger::Hash> proof = log_.GrowthOf(smaller, larger);
      ASSERT_OK(history.AddGrowth(log_.CheckpointAt(larger), smaller, proof));
      ASSERT_OK_AND_ASSIGN(const bool begins, history.BeginsWith(larger, smaller));
      EXPECT_TRUE(begins) << smaller << " and " << larger;
    }
  }
}

TEST_F(LogHistoryTest, AProofOfGrowthOfAnotherLogTiesNothing) {
  LogHistory history;
  ASSERT_OK(history.AddCheckpoint(log_.CheckpointAt(6)));
  log_.Rewrite(1, "another");
  EXPECT_THAT(history.AddGrowth(log_.CheckpointAt(20), 6, log_.GrowthOf(6, 20)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(const bool begins, history.BeginsWith(20, 6));
  EXPECT_FALSE(begins);
}

TEST_F(LogHistoryTest, TwoRootsOfOneSizeAreAFork) {
  LogHistory history;
  ASSERT_OK(Prove(3, 9, history));
  log_.Rewrite(8, "another");
  EXPECT_THAT(history.AddCheckpoint(log_.CheckpointAt(9)).message(), HasSubstr("two roots for 9 entries"));
  EXPECT_THAT(Prove(3, 9, history).message(), HasSubstr("two roots for 9 entries"));
}

TEST_F(LogHistoryTest, AnotherEntryAtAPlaceIsAForkAtWhateverSizeEachIsProven) {
  LogHistory history;
  ASSERT_OK(Prove(3, 9, history));
  log_.Rewrite(3, "another");
  EXPECT_THAT(Prove(3, 15, history).message(), HasSubstr("two entries at place 3"));
  // A neighbour's proof tells of it too.
  EXPECT_THAT(Prove(2, 15, history).message(), HasSubstr("two entries at place 3"));
  EXPECT_THAT(Prove(5, 15, history).message(), HasSubstr("says otherwise of the entries before place 4"));
  EXPECT_EQ(history.LargestSize(), 9u);
}

TEST_F(LogHistoryTest, ALargerLogThatBeginsOtherwiseIsAFork) {
  LogHistory history;
  ASSERT_OK(history.AddCheckpoint(log_.CheckpointAt(6)));
  log_.Rewrite(1, "another");
  ASSERT_OK(Prove(5, 20, history));
  EXPECT_THAT(history.BeginsWith(20, 6).status().message(), HasSubstr("does not begin with that of 6"));
}

}  // namespace
}  // namespace tamga::evidence
