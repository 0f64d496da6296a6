#include "node/base/refusal_log.h"

#include "gtest/gtest.h"

namespace tamga {
namespace {

TEST(RefusalLogTest, ThereIsALineASecondForEachReasonWithHowManyThereWere) {
  ManualClock clock(absl::FromUnixSeconds(1'795'000'000));
  RefusalLog log(clock);
  EXPECT_EQ(log.Count("TOO_MANY_CONNECTIONS"), 1);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(log.Count("TOO_MANY_CONNECTIONS"), std::nullopt);
  EXPECT_EQ(log.Count("CERT_EXPIRED"), 1);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(log.Count("TOO_MANY_CONNECTIONS"), 1'001);
  clock.Advance(-absl::Hours(1));
  EXPECT_EQ(log.Count("TOO_MANY_CONNECTIONS"), 1);
}

}  // namespace
}  // namespace tamga
