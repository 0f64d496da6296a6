#include "node/reconciliation/windows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::reconciliation {
namespace {

const absl::Time kMidnight = absl::FromUnixSeconds(1'795'046'400);

TEST(WindowsTest, APeriodIsDividedIntoTheLongestUnitsOfWhichItHasMoreThanOne) {
  EXPECT_EQ(Divide(kMidnight, kMidnight + kLongestPeriod).count(), 31u);
  EXPECT_EQ(Divide(kMidnight, kMidnight + absl::Hours(24)).count(), 24u);
  EXPECT_EQ(Divide(kMidnight, kMidnight + absl::Hours(1)).count(), 60u);
  EXPECT_EQ(Divide(kMidnight, kMidnight + absl::Minutes(1)).count(), 60u);
  EXPECT_EQ(Divide(kMidnight, kMidnight + absl::Seconds(1)).count(), 1u);
}

TEST(WindowsTest, WindowsCoverThePeriodWithoutGapOrOverlap) {
  const absl::Time until = kMidnight + absl::Hours(24 * 3 + 7);
  const Windows windows = Divide(kMidnight, until);
  ASSERT_EQ(windows.count(), 4u);
  EXPECT_EQ(windows.BeginOf(0), kMidnight);
  for (size_t i = 1; i < windows.count(); ++i) EXPECT_EQ(windows.BeginOf(i), windows.EndOf(i - 1));
  EXPECT_EQ(windows.EndOf(3), until);
}

TEST(WindowsTest, OtherPeriodsAreRefused) {
  const absl::Time now = kMidnight + absl::Hours(24 * 60);
  EXPECT_OK(CheckPeriod(kMidnight, kMidnight + absl::Seconds(1), now));
  EXPECT_OK(CheckPeriod(now - kLongestPeriod, now, now));
  EXPECT_THAT(CheckPeriod(kMidnight, kMidnight, now), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckPeriod(kMidnight, kMidnight + kLongestPeriod + absl::Seconds(1), now), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckPeriod(kMidnight + absl::Milliseconds(1), now, now), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckPeriod(now, now + absl::Seconds(1), now), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::reconciliation
