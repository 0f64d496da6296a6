#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AuditVerifyTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    for (int i = 0; i < 6; ++i) audit_.log.Append(std::to_string(i));
  }

  int Verify() { return RunAsCaller({"audit", "verify", "--remember", Path("remembered")}); }
};

TEST_F(AuditVerifyTest, AnIntactLogIsProvenAndRemembered) {
  ASSERT_EQ(Verify(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("6 of them proven here"));
  EXPECT_THAT(err(), HasSubstr("Taking the log's key from the node itself"));
  audit_.log.Append("6");
  ASSERT_EQ(Verify(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("begins with the 6 entries remembered"));
  EXPECT_THAT(err(), Not(HasSubstr("Taking the log's key")));
}

TEST_F(AuditVerifyTest, ARewrittenPastIsFoundThoughTheNodeSaysThatAllIsWell) {
  ASSERT_EQ(Verify(), 0) << err();
  const absl::StatusOr<std::string> before = ReadFile(Path("remembered"));
  audit_.log.Rewrite(2, "another");
  audit_.log.Append("6");
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("does not begin with the log of 6 entries"));
  EXPECT_THAT(err(), HasSubstr("reason: LOG_FAULT"));
  ASSERT_OK_AND_ASSIGN(const std::string after, ReadFile(Path("remembered")));
  EXPECT_EQ(after, *before);
}

TEST_F(AuditVerifyTest, AShrunkLogIsFound) {
  ASSERT_EQ(Verify(), 0) << err();
  audit_.log = TestLog();
  audit_.log.Append("0");
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("has shrunk"));
}

TEST_F(AuditVerifyTest, ALogThatIsNowSignedByAnotherKeyIsFound) {
  ASSERT_EQ(Verify(), 0) << err();
  audit_.log = TestLog('x');
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("the checkpoint"));
}

TEST_F(AuditVerifyTest, AnEntryThatIsNotInTheLogIsNamedByItsIndex) {
  audit_.spoil = [](v1::ProveInclusionResponse& response) {
    if (response.entry_bytes().find('4') != std::string::npos) response.set_entry_bytes("forged");
  };
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(out(), HasSubstr("\n4      -"));
}

TEST_F(AuditVerifyTest, AProofCanBeGivenAwayAndVerifiedWithoutTheNode) {
  ASSERT_EQ(RunAsCaller({"audit", "prove", "3", "--out", Path("proof")}), 0) << err();
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key()) + "\n"));
  const std::vector<std::string> verify = {"audit",   "verify-proof",      "--proof", Path("proof"),
                                           "--entry", Path("proof.entry"), "--vkey",  Path("vkey")};
  EXPECT_EQ(Run(verify), 0) << err();
  EXPECT_THAT(err(), HasSubstr("this is entry 3 of log.border-service.kaz.tamga, which had 6 entries"));
  ASSERT_OK(WriteFile(Path("proof.entry"), audit_.log.entry(2)));
  EXPECT_EQ(Run(verify), 1);
  ASSERT_OK(WriteFile(Path("proof"), "no proof"));
  EXPECT_EQ(Run(verify), 1);
  ASSERT_OK(WriteFile(Path("vkey"), "no key"));
  EXPECT_EQ(Run(verify), 2);
}

}  // namespace
}  // namespace tamga::cli
