#include "node/signer/rate_limit.h"

#include "gtest/gtest.h"

namespace tamga::signer {
namespace {

int Taken(RateLimit& limit, int tries) {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += limit.Take() ? 1 : 0;
  return taken;
}

TEST(RateLimitTest, GivesWhatASecondGivesAndThenNothing) {
  ManualClock clock(absl::FromUnixSeconds(1'795'000'000));
  RateLimit limit(8, clock);
  EXPECT_EQ(Taken(limit, 20), 8);
  clock.Advance(absl::Milliseconds(250));
  EXPECT_EQ(Taken(limit, 20), 2);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(Taken(limit, 20), 8);
}

TEST(RateLimitTest, AClockThatJumpsGivesNoMoreThanASecond) {
  ManualClock clock(absl::FromUnixSeconds(1'795'000'000));
  RateLimit limit(8, clock);
  EXPECT_EQ(Taken(limit, 20), 8);
  clock.Advance(absl::Hours(24 * 365));
  EXPECT_EQ(Taken(limit, 20), 8);
  clock.Set(absl::FromUnixSeconds(1'700'000'000));
  EXPECT_EQ(Taken(limit, 20), 0);
  clock.Advance(absl::Milliseconds(500));
  EXPECT_EQ(Taken(limit, 20), 4);
}

}  // namespace
}  // namespace tamga::signer
