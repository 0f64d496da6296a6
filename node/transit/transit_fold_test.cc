// The machine, exhaustively: every step in every state by both sides, alone and both at once.
#include "node/transit/transit_fold.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/transit/transit_fixture.h"
#include "node/transit/transit_table.h"

namespace tamga::transit {
namespace {

using enum v1::TransitStepKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Reached {
  v1::TransitState state;
  std::vector<std::pair<bool, v1::TransitStepKind>> steps;  // which side, in order
  absl::Duration later = absl::ZeroDuration();              // for the clock to act
};

// A way to every state in which a case that was received can be.
const std::vector<Reached>& EveryState() {
  static const auto& states = *new std::vector<Reached>{
      {v1::TRANSIT_STATE_SUBMITTED, {}},
      {v1::TRANSIT_STATE_CONSENTED, {{false, TRANSIT_STEP_KIND_CONSENT}}},
      {v1::TRANSIT_STATE_REFUSED, {{false, TRANSIT_STEP_KIND_REFUSE}}},
      {v1::TRANSIT_STATE_WITHDRAWN, {{true, TRANSIT_STEP_KIND_WITHDRAW}}},
      {v1::TRANSIT_STATE_DONE, {{false, TRANSIT_STEP_KIND_CONSENT}, {true, TRANSIT_STEP_KIND_REPORT_DONE}}},
      {v1::TRANSIT_STATE_REVOKED, {{false, TRANSIT_STEP_KIND_CONSENT}, {false, TRANSIT_STEP_KIND_REVOKE}}},
      {v1::TRANSIT_STATE_TAKEN_BACK,
       {{false, TRANSIT_STEP_KIND_CONSENT}, {false, TRANSIT_STEP_KIND_REVOKE}, {true, TRANSIT_STEP_KIND_TAKE_BACK}}},
      {v1::TRANSIT_STATE_LAPSED, {{false, TRANSIT_STEP_KIND_CONSENT}}, absl::Hours(12)},
  };
  return states;
}

const std::vector<v1::TransitStepKind>& OfficersSteps() {
  static const auto& steps = *new std::vector<v1::TransitStepKind>{
      TRANSIT_STEP_KIND_CONSENT, TRANSIT_STEP_KIND_REFUSE,      TRANSIT_STEP_KIND_WITHDRAW,
      TRANSIT_STEP_KIND_REVOKE,  TRANSIT_STEP_KIND_REPORT_DONE, TRANSIT_STEP_KIND_TAKE_BACK};
  return steps;
}

// The pair in that state; `now` is when.
TransitPair Reach(const Reached& reached, absl::Time* now) {
  TransitPair pair;
  *now = TransitStart() + absl::Minutes(1);
  for (const auto& [side, kind] : reached.steps) {
    EXPECT_OK(pair.Do(side, kind, *now));
    *now += absl::Minutes(1);
  }
  *now += reached.later;
  EXPECT_EQ(pair.View(true, *now).state(), reached.state);
  return pair;
}

void ExpectSame(const TransitPair& pair, absl::Time now) {
  const v1::TransitCase here = pair.View(true, now);
  const v1::TransitCase there = pair.View(false, now);
  EXPECT_EQ(here.state(), there.state());
  EXPECT_EQ(TransitHistory(here), TransitHistory(there));
  EXPECT_FALSE(here.has_diverged_at());
  EXPECT_FALSE(there.has_diverged_at());
}

v1::TransitState After(v1::TransitState state, bool side, v1::TransitStepKind kind) {
  const TransitRow* row = FindRow(state, kind);
  return row != nullptr && MayTake(*row, side) ? row->to : state;
}

TEST(TransitFoldTest, EveryStepInEveryStateByEachSideDoesWhatTheTableSays) {
  for (const Reached& reached : EveryState()) {
    for (const bool side : {true, false}) {
      for (const v1::TransitStepKind kind : OfficersSteps()) {
        SCOPED_TRACE(NameOf(reached.state) + " " + NameOf(kind) + (side ? " requesting" : " requested"));
        absl::Time now;
        TransitPair pair = Reach(reached, &now);
        const TransitRow* row = FindRow(reached.state, kind);
        const bool is_possible = row != nullptr && MayTake(*row, side);
        const auto possible = pair.View(side, now).possible_steps();
        EXPECT_EQ(std::find(possible.begin(), possible.end(), kind) != possible.end(), is_possible);
        const absl::Status done = pair.Do(side, kind, now);
        if (is_possible) {
          EXPECT_OK(done);
        } else {
          EXPECT_THAT(done, HasReason("ILLEGAL_TRANSITION"));
          EXPECT_THAT(std::string(done.message()), HasSubstr(NameOf(reached.state)));
        }
        EXPECT_EQ(pair.View(false, now).state(), After(reached.state, side, kind));
        ExpectSame(pair, now);
      }
    }
  }
}

TEST(TransitFoldTest, OfTwoStepsAtOnceTheEarlierCountsAndAtTheSameInstantTheRequestedSides) {
  for (const Reached& reached : EveryState()) {
    for (const v1::TransitStepKind ours : StepsFrom(reached.state, true)) {
      for (const v1::TransitStepKind theirs : StepsFrom(reached.state, false)) {
        for (const absl::Duration ahead : {absl::Seconds(-1), absl::ZeroDuration(), absl::Seconds(1)}) {
          for (const bool first_to_arrive : {true, false}) {
            SCOPED_TRACE(NameOf(reached.state) + " " + NameOf(ours) + " " + NameOf(theirs) + " " +
                         absl::FormatDuration(ahead));
            absl::Time now;
            TransitPair pair = Reach(reached, &now);
            now += absl::Seconds(10);
            ASSERT_OK(pair.Take(true, ours, now));
            ASSERT_OK(pair.Take(false, theirs, now + ahead));
            now += absl::Minutes(1);
            ASSERT_OK(pair.Deliver(first_to_arrive, now));
            ASSERT_OK(pair.Deliver(!first_to_arrive, now));
            ExpectSame(pair, now);
            const bool ours_first = ahead > absl::ZeroDuration();
            v1::TransitState expected = After(reached.state, ours_first, ours_first ? ours : theirs);
            expected = After(expected, !ours_first, ours_first ? theirs : ours);
            EXPECT_EQ(pair.View(true, now).state(), expected);
          }
        }
      }
    }
  }
}

TEST(TransitFoldTest, AConsentLapsesByTheClockOnBothSidesAtTheSameInstant) {
  TransitPair pair;
  const absl::Time consented = TransitStart() + absl::Hours(1);
  ASSERT_OK(pair.Do(false, TRANSIT_STEP_KIND_CONSENT, consented));
  const absl::Time due = consented + absl::Hours(12);
  const v1::TransitCase before = pair.View(true, due - absl::Microseconds(1));
  EXPECT_EQ(before.state(), v1::TRANSIT_STATE_CONSENTED);
  ASSERT_EQ(before.clocks_size(), 1);
  EXPECT_EQ(FromProto(before.clocks(0).due_at()), due);
  EXPECT_EQ(before.clocks(0).agency(), kAsking);
  EXPECT_EQ(before.clocks(0).on_expiry(), "LAPSE");
  const v1::TransitCase after = pair.View(true, due);
  EXPECT_EQ(after.state(), v1::TRANSIT_STATE_LAPSED);
  EXPECT_EQ(after.clocks_size(), 0);
  EXPECT_EQ(after.history().rbegin()->kind(), TRANSIT_STEP_KIND_LAPSE);
  EXPECT_EQ(FromProto(after.history().rbegin()->at()), due);
  EXPECT_THAT(after.history().rbegin()->articles(), ElementsAre("14"));
  ExpectSame(pair, due);
}

TEST(TransitFoldTest, WhatWasDoneInTimeAndArrivesLateUndoesTheLapse) {
  TransitPair pair;
  const absl::Time consented = TransitStart() + absl::Hours(1);
  ASSERT_OK(pair.Do(false, TRANSIT_STEP_KIND_CONSENT, consented));
  ASSERT_OK(pair.Take(true, TRANSIT_STEP_KIND_REPORT_DONE, consented + absl::Hours(11)));
  const absl::Time later = consented + absl::Hours(20);
  EXPECT_EQ(pair.View(false, later).state(), v1::TRANSIT_STATE_LAPSED);
  ASSERT_OK(pair.Deliver(true, later));
  EXPECT_EQ(pair.View(false, later).state(), v1::TRANSIT_STATE_DONE);
  ExpectSame(pair, later);
}

TEST(TransitFoldTest, SilenceIsLateAndNoConsent) {
  TransitPair pair;
  const absl::Time later = TransitStart() + absl::Hours(100);
  const v1::TransitCase record = pair.View(true, later);
  EXPECT_EQ(record.state(), v1::TRANSIT_STATE_SUBMITTED);
  ASSERT_EQ(record.clocks_size(), 1);
  EXPECT_EQ(record.clocks(0).limit_id(), "transit-reply");
  EXPECT_EQ(record.clocks(0).agency(), kAsked);
  EXPECT_LT(FromProto(record.clocks(0).due_at()), later);
  ASSERT_OK(pair.Do(false, TRANSIT_STEP_KIND_REFUSE, later));
  EXPECT_EQ(pair.View(true, later).state(), v1::TRANSIT_STATE_REFUSED);
}

TEST(TransitFoldTest, SilenceIsConsentWhereTheTreatySaysSoAndRunsOutLikeOne) {
  TransitPair pair(MakeTransitTreaty(v1::ON_EXPIRY_DEEMED_ACCEPTED));
  const absl::Time deemed = TransitStart() + absl::Seconds(1) + absl::Hours(10);
  EXPECT_EQ(pair.View(true, deemed).state(), v1::TRANSIT_STATE_CONSENTED);
  const v1::TransitCase lapsed = pair.View(true, deemed + absl::Hours(12));
  EXPECT_EQ(lapsed.state(), v1::TRANSIT_STATE_LAPSED);
  ASSERT_EQ(lapsed.history_size(), 4);
  EXPECT_EQ(lapsed.history(2).kind(), TRANSIT_STEP_KIND_DEEM_CONSENTED);
  EXPECT_EQ(lapsed.history(2).actor(), "");
  ExpectSame(pair, deemed + absl::Hours(12));
}

TEST(TransitFoldTest, AnApplicationThatWasNotDeliveredSaysSoAndGoesNoFurther) {
  TransitPair pair;
  v1::TransitFile file = pair.file(true);
  file.clear_received_at();
  file.mutable_steps(0)->set_failed(true);
  file.mutable_steps(0)->set_failure("NO_GRANT");
  const v1::TransitCase record = FoldTransit(file, pair.law(), kAsking, TransitStart());
  EXPECT_EQ(record.state(), v1::TRANSIT_STATE_NOT_DELIVERED);
  ASSERT_EQ(record.history_size(), 1);
  EXPECT_EQ(record.history(0).reasons(), "NO_GRANT");
  EXPECT_TRUE(record.possible_steps().empty());
}

TEST(TransitFoldTest, AReceiptThatNamesAnotherTimeForTheReplyIsADivergence) {
  TransitPair pair;
  pair.file(true).mutable_told_reply_due_at()->set_seconds(pair.file(true).told_reply_due_at().seconds() + 1);
  EXPECT_TRUE(pair.View(true, TransitStart() + absl::Hours(1)).has_diverged_at());
}

TEST(TransitFoldTest, StepsRestOnTheArticlesOfTheirGrants) {
  TransitPair pair;
  const v1::TransitCase record = pair.View(true, TransitStart() + absl::Hours(1));
  ASSERT_EQ(record.history_size(), 2);
  EXPECT_THAT(record.history(0).articles(), ElementsAre("13"));
  EXPECT_THAT(record.history(1).articles(), ElementsAre("13"));
}

}  // namespace
}  // namespace tamga::transit
