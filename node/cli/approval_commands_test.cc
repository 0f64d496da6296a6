#include <string>

#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ApprovalCommandsTest : public NodeTest {
 protected:
  static std::string Hash(const std::string& byte) {
    std::string hash;
    for (int i = 0; i < 32; ++i) hash += byte;
    return hash;
  }
};

TEST_F(ApprovalCommandsTest, ListShowsWhatWaitsAndTheNameToApproveItBy) {
  ASSERT_EQ(RunAsCaller({"approval", "list"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("AGREED"), HasSubstr("1 of 2"), HasSubstr("TRAFFICKING_SHARE"),
                           HasSubstr("CASE-1"), HasSubstr(Hash("11")), HasSubstr("CASE-2"), HasSubstr(Hash("22"))));
  ASSERT_EQ(RunAsCaller({"approval", "list", "--limit", "1", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("CASE-1"), Not(HasSubstr("CASE-2")), HasSubstr(Hash("11")),
                           HasSubstr("\"nextPageToken\": \"2\"")));
}

TEST_F(ApprovalCommandsTest, ApproveSaysHowManyAgreedAndWhereItIsLogged) {
  ASSERT_EQ(RunAsCaller({"approval", "approve", Hash("22")}), 0) << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("1 of 1 officers agreed"), HasSubstr("entry 17")));
  EXPECT_THAT(out(), HasSubstr("officer/aliya"));
  ASSERT_EQ(RunAsCaller({"approval", "approve", Hash("22"), "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("\"approval\": {"));
}

TEST_F(ApprovalCommandsTest, WhatIsNoRequestIsRefused) {
  EXPECT_EQ(RunAsCaller({"approval", "approve", Hash("33")}), 1);
  EXPECT_THAT(err(), HasSubstr("no such request waits"));
  EXPECT_EQ(RunAsCaller({"approval", "approve", "CASE-1"}), 2);
  EXPECT_THAT(err(), HasSubstr("64 hexadecimal digits"));
}

}  // namespace
}  // namespace tamga::cli
