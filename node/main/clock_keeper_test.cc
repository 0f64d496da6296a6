#include "node/main/clock_keeper.h"

#include <cstdio>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::node {
namespace {

constexpr absl::Duration kTolerance = absl::Minutes(2);
constexpr absl::Duration kDay = absl::Hours(24);

class ClockKeeperTest : public ::testing::Test {
 protected:
  // A node that starts, or starts again.
  void Start(std::optional<absl::Time> newest_entry = std::nullopt) {
    keeper_.reset();
    watch_ = std::make_unique<ClockWatch>(wall_, *uptime_, kTolerance);
    keeper_ = std::make_unique<ClockKeeper>(ClockKeeper::Parts{folder_.path(), boot_id_, wall_, *uptime_, *watch_},
                                            newest_entry);
  }
  void Pass(absl::Duration time) {
    wall_.Advance(time);
    uptime_->Advance(time);
  }
  // A machine that is off for a while. It counts its uptime anew.
  void Reboot(absl::Duration off) {
    keeper_.reset();
    watch_.reset();
    uptime_ = std::make_unique<ManualUptime>();
    boot_id_ += "x";
    wall_.Advance(off);
  }
  bool Jumped() {
    keeper_->Look();
    return !watch_->Check().ok();
  }

  const store::TestFolder folder_;
  const absl::Time start_ = absl::FromUnixSeconds(1'800'000'000);
  ManualClock wall_{start_};
  std::unique_ptr<ManualUptime> uptime_ = std::make_unique<ManualUptime>();
  std::string boot_id_ = "boot";
  std::unique_ptr<ClockWatch> watch_;
  std::unique_ptr<ClockKeeper> keeper_;
};

TEST_F(ClockKeeperTest, ANewNodeBelievesTheClock) {
  Start();
  EXPECT_FALSE(Jumped());
  EXPECT_EQ(watch_->Now(), start_);
}

TEST_F(ClockKeeperTest, WithoutAnythingKeptTheNewestEntryIsTheFloorAndBoundsTheClockFromAbove) {
  struct Case {
    absl::Duration after_entry;
    bool jumped;
  };
  for (const Case& c :
       {Case{absl::ZeroDuration(), false}, Case{-kTolerance, false}, Case{-kTolerance - absl::Seconds(1), true},
        Case{30 * kDay, false}, Case{31 * kDay, true}, Case{400 * kDay, true}, Case{-400 * kDay, true}}) {
    std::remove((folder_.path() + "/clock").c_str());
    Start(start_ - c.after_entry);
    EXPECT_EQ(Jumped(), c.jumped) << c.after_entry;
  }
}

TEST_F(ClockKeeperTest, ARestartIsNoWayOutOfAJump) {
  Start();
  for (const absl::Duration jump : {20 * kDay, -20 * kDay}) {
    wall_.Advance(jump);
    ASSERT_TRUE(Jumped());
    Start(start_);
    EXPECT_TRUE(Jumped()) << jump;
    EXPECT_EQ(watch_->Now(), wall_.Now() - jump) << jump;
    wall_.Advance(-jump);
    EXPECT_FALSE(Jumped()) << jump;
  }
}

TEST_F(ClockKeeperTest, AJumpWhileTheNodeIsDownIsSeenToTheTolerance) {
  Start();
  Pass(absl::Hours(1));
  ASSERT_FALSE(Jumped());
  keeper_.reset();
  Pass(90 * kDay);  // the node was down, the machine was not
  Start(start_);
  EXPECT_FALSE(Jumped());
  wall_.Advance(kTolerance * 2);
  Start(start_);
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockKeeperTest, AMachineMayBeOffForThirtyDays) {
  Start();
  Reboot(30 * kDay);
  Start();
  EXPECT_FALSE(Jumped());
  Reboot(31 * kDay);
  Start();
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockKeeperTest, AMachineThatComesBackInThePastIsNotBelieved) {
  Start();
  Pass(absl::Hours(2));
  ASSERT_FALSE(Jumped());
  Reboot(-absl::Hours(1));
  Start();
  EXPECT_TRUE(Jumped());
  wall_.Advance(absl::Hours(1));
  EXPECT_FALSE(Jumped());
}

TEST_F(ClockKeeperTest, AJumpOutlastsTheMachinesRestartUntilTheOperatorsWord) {
  Start();
  wall_.Advance(20 * kDay);
  ASSERT_TRUE(Jumped());
  Reboot(kDay);
  Start();
  EXPECT_TRUE(Jumped());
  ASSERT_OK(AcceptClock(folder_.path(), wall_.Now()));
  EXPECT_FALSE(Jumped());
  Reboot(kDay);
  Start();
  EXPECT_FALSE(Jumped());
}

// The time believed lags by as long as the machine was off: a clock that agrees with it is not right for that.
TEST_F(ClockKeeperTest, ARestartOfTheNodeDoesNotEndTheHold) {
  Start();
  wall_.Advance(20 * kDay);
  ASSERT_TRUE(Jumped());
  Reboot(kDay);
  for (int starts = 0; starts < 3; ++starts) {
    Start();
    EXPECT_TRUE(Jumped());
    wall_.Set(watch_->Now());
    EXPECT_TRUE(Jumped()) << starts;
  }
  ASSERT_OK(AcceptClock(folder_.path(), wall_.Now()));
  EXPECT_FALSE(Jumped());
  Start();
  EXPECT_FALSE(Jumped());
}

TEST_F(ClockKeeperTest, TheOperatorsWordIsTakenOnceWhileTheNodeRunsAndAtItsStart) {
  Start();
  wall_.Advance(400 * kDay);
  ASSERT_TRUE(Jumped());
  ASSERT_OK(AcceptClock(folder_.path(), wall_.Now()));
  EXPECT_FALSE(Jumped());
  EXPECT_EQ(watch_->Now(), wall_.Now());
  wall_.Advance(kDay);
  EXPECT_TRUE(Jumped());

  ASSERT_OK(AcceptClock(folder_.path(), wall_.Now()));
  Start();
  EXPECT_FALSE(Jumped());
  // A log whose entries are of the future does not hold the node again, once that was settled.
  Start(start_ + 4000 * kDay);
  EXPECT_FALSE(Jumped());
}

TEST_F(ClockKeeperTest, AWordForAnotherTimeOrOfAnotherDayIsNotTaken) {
  Start();
  wall_.Advance(400 * kDay);
  ASSERT_TRUE(Jumped());
  ASSERT_OK(AcceptClock(folder_.path(), start_));
  EXPECT_TRUE(Jumped());
  ASSERT_OK(WriteFile(folder_.path() + "/clock.accepted", "yes\n"));
  EXPECT_TRUE(Jumped());
  EXPECT_THAT(ReadFile(folder_.path() + "/clock.accepted"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ClockKeeperTest, AWordThatNobodyNeededDoesNotWaitForAJump) {
  Start();
  ASSERT_OK(AcceptClock(folder_.path(), wall_.Now()));
  EXPECT_FALSE(Jumped());
  wall_.Advance(absl::Minutes(5));
  EXPECT_TRUE(Jumped());
}

TEST_F(ClockKeeperTest, OnlyTheDataFolderOfANodeTakesAWord) {
  EXPECT_THAT(AcceptClock(folder_.path(), start_),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("no data folder")));
}

TEST_F(ClockKeeperTest, WhereWhatWasKeptIsDamagedTheLogBoundsTheClock) {
  for (const char* text : {"", "x", "1 2 3", "1 2 boot later", "now 2 boot in-step"}) {
    ASSERT_OK(WriteFile(folder_.path() + "/clock", text));
    Start(start_);
    EXPECT_FALSE(Jumped()) << text;
    ASSERT_OK(WriteFile(folder_.path() + "/clock", text));
    Start(start_ - 400 * kDay);
    EXPECT_TRUE(Jumped()) << text;
  }
}

TEST(BootId, StaysTheSame) {
  EXPECT_NE(ReadBootId(), "");
  EXPECT_EQ(ReadBootId(), ReadBootId());
}

}  // namespace
}  // namespace tamga::node
