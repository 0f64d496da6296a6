#include "node/cli/time_argument.h"

#include "gmock/gmock.h"
#include "node/base/matchers.h"

namespace tamga::cli {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1795435200);  // 2026-11-23T12:00:00Z

TEST(TimeArgumentTest, ReadsDurations) {
  struct Case {
    const char* text;
    absl::Duration duration;
  };
  for (const Case& c :
       {Case{"90s", absl::Seconds(90)}, Case{"10m", absl::Minutes(10)}, Case{"1h30m", absl::Minutes(90)},
        Case{"7d", absl::Hours(168)}, Case{"250ms", absl::Milliseconds(250)}}) {
    ASSERT_OK_AND_ASSIGN(const absl::Duration duration, ParseDurationArgument(c.text));
    EXPECT_EQ(duration, c.duration) << c.text;
  }
}

TEST(TimeArgumentTest, RefusesWhatIsNoLengthOfTime) {
  for (const char* text : {"", "10", "m", "d", "0s", "0d", "-5m", "-1d", "1w", "inf", "10 m", "1.5d", "99999999d"}) {
    EXPECT_THAT(ParseDurationArgument(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(TimeArgumentTest, ReadsTimesBackFromNowDaysAndInstants) {
  struct Case {
    const char* text;
    absl::Time time;
  };
  for (const Case& c : {Case{"10m", kNow - absl::Minutes(10)}, Case{"2d", kNow - absl::Hours(48)},
                        Case{"2026-11-23", kNow - absl::Hours(12)}, Case{"2026-11-23T12:00:00Z", kNow},
                        Case{"2026-11-23T17:00:00+05:00", kNow}}) {
    ASSERT_OK_AND_ASSIGN(const absl::Time time, ParseTimeArgument(c.text, kNow));
    EXPECT_EQ(time, c.time) << c.text;
  }
}

TEST(TimeArgumentTest, RefusesOtherTimes) {
  for (const char* text : {"", "yesterday", "2026-02-30", "2026-11-23T12:00:00", "23.11.2026", "-10m"}) {
    EXPECT_THAT(ParseTimeArgument(text, kNow), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace tamga::cli
