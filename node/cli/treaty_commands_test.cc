#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kTreaties[] = TAMGA_SOURCE_DIR "/policy/treaties";

class TreatyCommandsTest : public CliTest {
 protected:
  // Whether KAZ/interior-ministry may apply to KGZ/interior-ministry for readmission, as of that day.
  int Explain(const std::string& purpose, const std::string& at) {
    return Run({"treaty", "explain", "--treaties", kTreaties, "--asker", "KAZ/interior-ministry", "--answerer",
                "KGZ/interior-ministry", "--operation", "READMISSION_SUBMIT", "--record-kind", "READMISSION",
                "--purpose", purpose, "--at", at});
  }
};

TEST_F(TreatyCommandsTest, TheRepositorysTreatiesAreInOrder) {
  EXPECT_EQ(Run({"treaty", "lint", kTreaties}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("PALERMO-TIP-2000"));
}

TEST_F(TreatyCommandsTest, LintNamesFileLineAndColumnOfEachMistake) {
  ASSERT_OK(WriteFile(Path("a.txtpb"), "id: \"A\"\nversoin: 1\n"));
  EXPECT_EQ(Run({"treaty", "lint", Path("a.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr(Path("a.txtpb") + ":2:"));
  EXPECT_THAT(err(), HasSubstr("TREATY_INVALID"));
}

TEST_F(TreatyCommandsTest, LintOfNothingIsAWrongCommand) {
  EXPECT_EQ(Run({"treaty", "lint", Path("none")}), 2);
  ASSERT_OK(MakeFolder(Path("empty")));
  EXPECT_EQ(Run({"treaty", "lint", Path("empty")}), 2);
}

TEST_F(TreatyCommandsTest, ExplainsDecisionsWithoutANode) {
  ASSERT_EQ(Explain("READMISSION", "2026-11-23"), 0) << err();
  EXPECT_THAT(out(), StartsWith("PERMITTED\n"));
  EXPECT_THAT(out(), HasSubstr("READMISSION-KAZ-KGZ art. 1"));
  ASSERT_EQ(Explain("READMISSION", "2017-08-09"), 0) << err();
  EXPECT_THAT(out(), StartsWith("DENIED TREATY_NOT_IN_FORCE\n"));
  ASSERT_EQ(Explain("MIGRATION_CONTROL", "2026-11-23"), 0) << err();
  EXPECT_THAT(out(), StartsWith("DENIED NO_GRANT\n"));
}

TEST_F(TreatyCommandsTest, RefusesDaysThatAreNoneAndADayForTheNode) {
  EXPECT_EQ(Explain("READMISSION", "someday"), 2);
  EXPECT_THAT(err(), HasSubstr("--at"));
  EXPECT_EQ(Run({"treaty", "explain", "--answerer", "KGZ/interior-ministry", "--operation", "WATCHLIST_CHECK",
                 "--record-kind", "WATCHLIST", "--purpose", "BORDER_CHECK", "--at", "2026-01-01"}),
            2);
  EXPECT_THAT(err(), HasSubstr("--treaties"));
}

}  // namespace
}  // namespace tamga::cli
