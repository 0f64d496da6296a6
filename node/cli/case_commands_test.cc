#include "node/cli/case_commands.h"

#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CaseCommandsTest : public NodeTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(CaseCommandsTest, ShowPrintsTheCaseThatWasNamed) {
  ASSERT_EQ(RunAsCaller({GetParam(), "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("case-2\n"));
  ASSERT_EQ(RunAsCaller({GetParam(), "show", "case-2", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"case\": {"), HasSubstr("\"case-2\"")));
}

TEST_P(CaseCommandsTest, ShowSaysWhyItIsLookedAtIfThatWasGiven) {
  ASSERT_EQ(RunAsCaller({GetParam(), "show", "case-2", "--purpose", "READMISSION", "--case-reference", "R-1"}), 0)
      << err();
  EXPECT_THAT(out(), HasSubstr("case-2 for R-1\n"));
}

TEST_P(CaseCommandsTest, ListGathersThePagesUpToTheLimit) {
  ASSERT_EQ(RunAsCaller({GetParam(), "list"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("CASE"), HasSubstr("case-1"), HasSubstr("case-2"), HasSubstr("case-3")));
  ASSERT_EQ(RunAsCaller({GetParam(), "list", "--limit", "2", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("case-1"), HasSubstr("case-2"), Not(HasSubstr("case-3")),
                           HasSubstr("\"nextPageToken\": \"3\"")));
}

INSTANTIATE_TEST_SUITE_P(BothKinds, CaseCommandsTest, ::testing::Values("readmission", "trafficking"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace tamga::cli
