#include <cstdlib>

#include "node/base/exit_code.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CommandLineTest : public CliTest {};

TEST_F(CommandLineTest, HelpDocumentsTheExitCodesAndGoesToStdout) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(out(), HasSubstr(kExitCodes));
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(CommandLineTest, EveryGroupExplainsItself) {
  for (const char* group : {"readmission", "watchlist", "trafficking", "audit", "treaty", "node", "pki"}) {
    EXPECT_EQ(Run({group, "--help"}), 0) << group;
    EXPECT_THAT(out(), HasSubstr(std::string("tamga ") + group));
  }
}

TEST_F(CommandLineTest, HelpListsTheNamesThatAnOptionTakes) {
  EXPECT_EQ(Run({"audit", "list", "--help"}), 0);
  EXPECT_THAT(out(), HasSubstr("Only with this outcome: PERMITTED, DENIED or FAILED"));
  EXPECT_EQ(Run({"readmission", "submit", "--help"}), 0);
  EXPECT_THAT(out(), HasSubstr("unknown if not given: yes, no or unknown"));
}

TEST_F(CommandLineTest, TellsItsVersion) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_EQ(out(), "tamga " TAMGA_VERSION "\n");
}

TEST_F(CommandLineTest, WrongCommandLinesEndWithTwoAndSayWhatIsWrong) {
  struct Case {
    std::vector<std::string> arguments;
    const char* message;
  };
  const Case cases[] = {
      {{}, "say what to do"},
      {{"audit"}, "say what to do"},
      {{"fly"}, "fly"},
      {{"pki", "state", "--state", "KAZ"}, "--out is required"},
      {{"--timeout", "soon", "audit", "checkpoint"}, "--timeout: must be a duration"},
      {{"--output", "xml", "audit", "checkpoint"}, "--output: must be table or json"},
      {{"audit", "list", "--kind", "LOST"}, "--kind: must be SENT, RECEIVED"},
      {{"audit", "list", "--since", "yesterday"}, "--since: must be a duration back from now"},
      {{"audit", "prove", "first"}, "index: must be a number"},
      {{"watchlist", "check", "--case-reference", "A-1", "--surname", "X"}, "--purpose is required"},
      {{"watchlist", "check", "--case-reference", "A-1", "--purpose", "BORDER_CHECK"}, "give either --mrz"},
      {{"watchlist", "check", "--case-reference", "A-1", "--purpose", "BORDER_CHECK", "--mrz", "P<", "A", "--surname",
        "X"},
       "give either --mrz"},
      {{"watchlist", "check", "--case-reference", "A-1", "--purpose", "BORDER_CHECK", "--surname", "X", "--born",
        "1980-13-01"},
       "--born"},
      {{"readmission", "refuse", "--case", "x", "--case-reference", "A-1"}, "--code is required"},
      {{"readmission", "refuse", "--case", "x", "--case-reference", "A-1", "--code", "NOT_NATIONAL"},
       "--reasons is required"},
      {{"trafficking", "refer", "x", "--to", "KGZ/police", "--case-reference", "A-1", "--purpose", "VICTIM_PROTECTION"},
       "--reason is required"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Run(c.arguments), 2) << ::testing::PrintToString(c.arguments);
    EXPECT_THAT(err(), HasSubstr(c.message));
    EXPECT_THAT(out(), IsEmpty());
  }
}

TEST_F(CommandLineTest, AnEmptyValueIsNotTakenForNone) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"audit", "list", "--case-reference", ""},
           {"audit", "list", "--exchange", ""},
           {"audit", "show", ""},
           {"--timeout", "", "audit", "checkpoint"},
           {"treaty", "lint", "a.txtpb", ""},
       }) {
    EXPECT_EQ(Run(arguments), 2) << ::testing::PrintToString(arguments);
    EXPECT_THAT(err(), HasSubstr("must not be empty"));
    EXPECT_THAT(err(), HasSubstr("reason: USAGE"));
  }
}

TEST_F(CommandLineTest, SaysHowToNameANodeWhenNoneIsNamed) {
  ::unsetenv("TAMGA_PROFILE");
  EXPECT_EQ(Run({"node", "status"}), 2);
  EXPECT_THAT(err(), HasSubstr("NO_PROFILE"));
  EXPECT_THAT(err(), HasSubstr("TAMGA_PROFILE"));
}

TEST_F(CommandLineTest, TakesTheProfileFromTheOptionOrElseFromTheEnvironment) {
  ::setenv("TAMGA_PROFILE", Path("from-environment").c_str(), 1);
  EXPECT_EQ(Run({"node", "status"}), 2);
  EXPECT_THAT(err(), HasSubstr("from-environment"));
  EXPECT_EQ(Run({"node", "status", "--profile", Path("from-option")}), 2);
  EXPECT_THAT(err(), HasSubstr("from-option"));
  ::unsetenv("TAMGA_PROFILE");
}

}  // namespace
}  // namespace tamga::cli
