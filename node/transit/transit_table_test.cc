#include "node/transit/transit_table.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamga::transit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TransitTableTest, AStepLeadsFromAStateToOneState) {
  std::set<std::pair<int, int>> seen;
  for (const TransitRow& row : TransitTable()) {
    EXPECT_TRUE(seen.insert({row.from, row.kind}).second) << NameOf(row.from) << " " << NameOf(row.kind);
    EXPECT_EQ(FindRow(row.from, row.kind), &row);
  }
}

TEST(TransitTableTest, EveryStepHasARow) {
  std::set<int> kinds;
  for (const TransitRow& row : TransitTable()) kinds.insert(row.kind);
  EXPECT_EQ(kinds.size(), v1::TransitStepKind_ARRAYSIZE - 1u);
}

TEST(TransitTableTest, SaysWhoMayDoWhatInEachState) {
  using enum v1::TransitStepKind;
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_SUBMITTED, true), ElementsAre(TRANSIT_STEP_KIND_WITHDRAW));
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_SUBMITTED, false),
              ElementsAre(TRANSIT_STEP_KIND_CONSENT, TRANSIT_STEP_KIND_REFUSE));
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_CONSENTED, true), ElementsAre(TRANSIT_STEP_KIND_REPORT_DONE));
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_CONSENTED, false),
              ElementsAre(TRANSIT_STEP_KIND_REPORT_DONE, TRANSIT_STEP_KIND_REVOKE));
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_REVOKED, true), ElementsAre(TRANSIT_STEP_KIND_TAKE_BACK));
  EXPECT_THAT(StepsFrom(v1::TRANSIT_STATE_REVOKED, false), IsEmpty());
  for (const v1::TransitState end :
       {v1::TRANSIT_STATE_REFUSED, v1::TRANSIT_STATE_DONE, v1::TRANSIT_STATE_TAKEN_BACK, v1::TRANSIT_STATE_LAPSED,
        v1::TRANSIT_STATE_WITHDRAWN, v1::TRANSIT_STATE_NOT_DELIVERED}) {
    EXPECT_THAT(StepsFrom(end, true), IsEmpty()) << NameOf(end);
    EXPECT_THAT(StepsFrom(end, false), IsEmpty()) << NameOf(end);
  }
}

TEST(TransitTableTest, WhatOfficersTakeIsCarriedByAnOperationAndWhatTheClockDoesIsNot) {
  for (const TransitRow& row : TransitTable()) {
    const bool by_officer = MayTake(row, true) || MayTake(row, false);
    EXPECT_EQ(OperationOf(row.kind) != v1::OPERATION_UNSPECIFIED, by_officer) << NameOf(row.kind);
  }
  EXPECT_EQ(OperationOf(v1::TRANSIT_STEP_KIND_SUBMIT), v1::OPERATION_READMISSION_TRANSIT_SUBMIT);
}

}  // namespace
}  // namespace tamga::transit
