#include "node/base/refusal_log.h"

#include <string>

#include "gtest/gtest.h"
#include "node/base/error.h"

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

TEST(RefusalLogTest, ARefusalNamesTheCertificateThatItIsAbout) {
  ManualClock clock(absl::FromUnixSeconds(1'795'000'000));
  RefusalLog log(clock);
  ::testing::internal::CaptureStderr();
  log.Add("peer certificate refused",
          Error(absl::StatusCode::kUnauthenticated, "CERT_REVOKED", "it has been revoked",
                {{"subject", "spiffe://kgz.tamga/border-service/node/n1"}, {"serial", "5f3a"}, {"issuer", "O=KGZ"}}));
  const std::string line = ::testing::internal::GetCapturedStderr();
  for (const char* part : {"\"reason\":\"CERT_REVOKED\"", "\"count\":1", "\"serial\":\"5f3a\"", "\"issuer\":\"O=KGZ\"",
                           "\"subject\":\"spiffe://kgz.tamga/border-service/node/n1\"", "it has been revoked"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " is not in " << line;
  }
}

}  // namespace
}  // namespace tamga
