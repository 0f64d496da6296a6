#include "node/attachment/clamd.h"

#include <string>

#include "gtest/gtest.h"
#include "node/attachment/test_clamd.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::attachment {
namespace {

TestClamd::Reply AlwaysSaying(const std::string& reply) {
  return [reply](const std::string& /*bytes*/) { return reply; };
}

class ClamdTest : public ::testing::Test {
 protected:
  absl::Status ScanOf(const std::string& bytes, absl::Duration patience = absl::Seconds(60)) {
    const auto scanner = MakeClamdScanner({path_, ""}, patience);
    const auto scan = scanner->Begin();
    scan->Feed(bytes);
    return scan->End();
  }

  const store::TestFolder folder_;
  const std::string path_ = folder_.path() + "/clamd";
};

TEST_F(ClamdTest, AllBytesAreScannedAndNothingIsFound) {
  TestClamd clamd(path_, AlwaysSaying("stream: OK"));
  const std::string bytes(200'000, 'x');
  EXPECT_OK(ScanOf(bytes));
  EXPECT_EQ(clamd.scanned(), bytes);
}

TEST_F(ClamdTest, AHitIsTold) {
  const TestClamd clamd(path_, AlwaysSaying("stream: Eicar-Test-Signature FOUND"));
  EXPECT_THAT(ScanOf("bytes"), HasReason("INFECTED"));
}

TEST_F(ClamdTest, AnErrorIsNoVerdict) {
  const TestClamd clamd(path_, AlwaysSaying("INSTREAM size limit exceeded. ERROR"));
  EXPECT_THAT(ScanOf("bytes"), HasReason("SCANNER_UNAVAILABLE"));
}

TEST_F(ClamdTest, OneThatHangsIsGivenUp) {
  const TestClamd clamd(path_, AlwaysSaying(""));
  EXPECT_THAT(ScanOf("bytes", absl::Milliseconds(50)), HasReason("SCANNER_UNAVAILABLE"));
}

TEST_F(ClamdTest, NobodyThereIsNoVerdict) { EXPECT_THAT(ScanOf("bytes"), HasReason("SCANNER_UNAVAILABLE")); }

}  // namespace
}  // namespace tamga::attachment
