#include "node/base/clock_watch.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga {
namespace {

constexpr absl::Duration kTolerance = absl::Minutes(2);
constexpr absl::Duration kYear = absl::Hours(24 * 365);

class ClockWatchTest : public ::testing::Test {
 protected:
  // Both clocks go on, as they do when nothing is wrong.
  void Pass(absl::Duration time) {
    wall_.Advance(time);
    uptime_.Advance(time);
  }
  bool Jumped() const { return ReasonOf(watch_.Check()) == "CLOCK_JUMPED"; }

  const absl::Time start_ = absl::FromUnixSeconds(1'800'000'000);
  ManualClock wall_{start_};
  ManualUptime uptime_;
  ClockWatch watch_{wall_, uptime_, kTolerance};
};

TEST_F(ClockWatchTest, GoesOnWithTheWallClock) {
  Pass(kYear);
  EXPECT_OK(watch_.Check());
  EXPECT_EQ(watch_.Now(), start_ + kYear);
}

TEST_F(ClockWatchTest, AJumpInEitherDirectionIsNotBelievedUntilItIsUndone) {
  for (const absl::Duration jump : {kYear, -kYear, kTolerance + absl::Seconds(1), -kTolerance - absl::Seconds(1)}) {
    wall_.Advance(jump);
    EXPECT_THAT(watch_.Check(), StatusIs(absl::StatusCode::kUnavailable)) << jump;
    EXPECT_TRUE(Jumped()) << jump;
    const absl::Time before = watch_.Now();
    EXPECT_EQ(before, wall_.Now() - jump) << jump;
    Pass(absl::Hours(5));
    EXPECT_EQ(watch_.Now(), before + absl::Hours(5)) << jump;
    EXPECT_TRUE(Jumped()) << jump;
    wall_.Advance(-jump);
    EXPECT_OK(watch_.Check()) << jump;
    EXPECT_EQ(watch_.Now(), wall_.Now()) << jump;
  }
}

TEST_F(ClockWatchTest, TheFirstLookAfterAJumpIsNotFooled) {
  wall_.Advance(kYear);
  EXPECT_EQ(watch_.Now(), start_);
}

TEST_F(ClockWatchTest, CorrectionsAreNoJump) {
  for (const absl::Duration correction : {absl::Seconds(1), -absl::Seconds(1), kTolerance, -kTolerance}) {
    wall_.Advance(correction);
    EXPECT_OK(watch_.Check()) << correction;
    EXPECT_EQ(watch_.Now(), wall_.Now()) << correction;
    Pass(absl::Hours(1));
    EXPECT_OK(watch_.Check()) << correction;
  }
}

TEST_F(ClockWatchTest, ManySmallStepsWithinAnHourAreAJump) {
  wall_.Advance(kTolerance);
  EXPECT_OK(watch_.Check());
  Pass(absl::Minutes(59));
  EXPECT_OK(watch_.Check());
  wall_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockWatchTest, ASlowClockMayDriftForYears) {
  for (int hour = 0; hour < 10'000; ++hour) {
    Pass(absl::Hours(1));
    wall_.Advance(-absl::Seconds(2));  // more than 500 parts in a million
    ASSERT_OK(watch_.Check()) << hour;
  }
}

TEST_F(ClockWatchTest, AnAcceptedClockIsBelieved) {
  wall_.Advance(kYear);
  ASSERT_TRUE(Jumped());
  watch_.Accept();
  EXPECT_OK(watch_.Check());
  EXPECT_EQ(watch_.Now(), start_ + kYear);
  wall_.Advance(-kYear);
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockWatchTest, WhatIsExpectedBoundsTheClock) {
  const absl::Duration month = absl::Hours(24 * 30);
  struct Case {
    absl::Duration ahead_by;  // of what is expected
    bool believed;
  };
  for (const Case& c : {Case{absl::ZeroDuration(), true}, Case{-kTolerance, true}, Case{-kTolerance * 2, false},
                        Case{month, true}, Case{month + absl::Seconds(1), false}}) {
    ManualClock wall(start_ + c.ahead_by);
    ClockWatch watch(wall, uptime_, kTolerance);
    watch.Expect(start_, month);
    EXPECT_EQ(watch.Check().ok(), c.believed) << c.ahead_by;
    EXPECT_EQ(watch.Now(), c.believed ? wall.Now() : start_) << c.ahead_by;
  }
}

TEST_F(ClockWatchTest, OnceBelievedTheClockIsBoundAsEver) {
  watch_.Expect(start_ - absl::Hours(24), absl::Hours(24 * 30));
  ASSERT_OK(watch_.Check());
  wall_.Advance(absl::Hours(1));
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockWatchTest, AClockFarAheadOfWhatIsExpectedIsBelievedWhenItIsSetBack) {
  watch_.Expect(start_ - kYear, absl::Hours(24 * 30));
  ASSERT_TRUE(Jumped());
  wall_.Advance(-kYear + absl::Hours(24 * 10));
  EXPECT_OK(watch_.Check());
  EXPECT_EQ(watch_.Now(), start_ - kYear + absl::Hours(24 * 10));
}

TEST_F(ClockWatchTest, WhatIsHeldWaitsForTheOperatorWhateverTheClockSays) {
  watch_.Hold(start_);
  EXPECT_TRUE(Jumped());
  Pass(absl::Hours(2));
  EXPECT_TRUE(Jumped());
  EXPECT_EQ(watch_.Now(), start_ + absl::Hours(2));
  watch_.Accept();
  EXPECT_OK(watch_.Check());
}

TEST(SystemUptime, GoesOn) {
  const SystemUptime uptime;
  const absl::Duration first = uptime.SinceBoot();
  EXPECT_GT(first, absl::ZeroDuration());
  EXPECT_GE(uptime.SinceBoot(), first);
}

}  // namespace
}  // namespace tamga
