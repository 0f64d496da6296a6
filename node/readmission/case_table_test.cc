#include "node/readmission/case_table.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamga::readmission {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CaseTableTest, AStateAndAStepHaveOneRowAtMost) {
  for (int state = 0; state <= v1::ReadmissionState_MAX; ++state) {
    std::set<v1::ReadmissionStepKind> kinds;
    for (const CaseRow& row : CaseTable()) {
      if (!row.from.Has(static_cast<v1::ReadmissionState>(state))) continue;
      EXPECT_TRUE(kinds.insert(row.kind).second)
          << NameOf(static_cast<v1::ReadmissionState>(state)) << ": " << NameOf(row.kind);
    }
  }
}

TEST(CaseTableTest, EveryRowOfTheTextIsThere) {
  std::set<int> numbers;
  for (const CaseRow& row : CaseTable()) numbers.insert(row.number);
  EXPECT_EQ(numbers.size(), 20u);
  EXPECT_EQ(*numbers.begin(), 0);
  EXPECT_EQ(*numbers.rbegin(), 19);
}

TEST(CaseTableTest, EveryStepIsInTheTable) {
  for (int kind = 1; kind <= v1::ReadmissionStepKind_MAX; ++kind) {
    bool is_there = false;
    for (const CaseRow& row : CaseTable()) is_there |= row.kind == kind;
    EXPECT_TRUE(is_there) << NameOf(static_cast<v1::ReadmissionStepKind>(kind));
  }
}

TEST(CaseTableTest, OnlyTheRequestedSideAnswersAndOnlyAfterVerification) {
  EXPECT_THAT(StepsFrom(v1::READMISSION_STATE_VERIFYING, false), Contains(v1::READMISSION_STEP_KIND_ACCEPT));
  EXPECT_THAT(StepsFrom(v1::READMISSION_STATE_VERIFYING, true), Not(Contains(v1::READMISSION_STEP_KIND_ACCEPT)));
  EXPECT_THAT(StepsFrom(v1::READMISSION_STATE_RECEIVED, false), Not(Contains(v1::READMISSION_STEP_KIND_ACCEPT)));
}

TEST(CaseTableTest, PastAHoldThereIsOnlyWithdrawalHoldAndRelease) {
  EXPECT_THAT(StepsFrom(v1::READMISSION_STATE_ON_HOLD, true),
              ElementsAre(v1::READMISSION_STEP_KIND_WITHDRAW, v1::READMISSION_STEP_KIND_HOLD,
                          v1::READMISSION_STEP_KIND_RELEASE));
  EXPECT_THAT(StepsFrom(v1::READMISSION_STATE_ON_HOLD, false),
              ElementsAre(v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STEP_KIND_RELEASE));
}

TEST(CaseTableTest, NothingFollowsTheEnd) {
  for (const v1::ReadmissionState state :
       {v1::READMISSION_STATE_REFUSED, v1::READMISSION_STATE_WITHDRAWN, v1::READMISSION_STATE_LAPSED,
        v1::READMISSION_STATE_TAKEN_BACK, v1::READMISSION_STATE_CLOSED}) {
    EXPECT_TRUE(IsEnd(state));
    EXPECT_THAT(StepsFrom(state, true), IsEmpty()) << NameOf(state);
    EXPECT_THAT(StepsFrom(state, false), IsEmpty()) << NameOf(state);
  }
}

TEST(CaseTableTest, WhatOfficersDoIsCarriedByAnOperationAndWhatTheClockDoesIsNot) {
  for (const CaseRow& row : CaseTable()) {
    const bool is_carried = OperationOf(row.kind) != v1::OPERATION_UNSPECIFIED;
    EXPECT_EQ(is_carried, MayTake(row, true) || MayTake(row, false)) << NameOf(row.kind);
  }
}

}  // namespace
}  // namespace tamga::readmission
