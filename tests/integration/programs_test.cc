// What all programs have in common: how they are asked for help, and how they end.
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/exit_code.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTamga[] = TAMGA_BINARY;
constexpr char kNode[] = TAMGA_NODE_BINARY;
constexpr char kLoad[] = TAMGA_LOAD_BINARY;
constexpr char kKillCases[] = TAMGA_KILL_CASES_BINARY;
constexpr char kGost[] = TAMGA_GOST_BINARY;
constexpr char kAuthority[] = TAMGA_AUTHORITY_BINARY;
constexpr char kSigner[] = TAMGA_SIGNER_BINARY;
constexpr char kMinistry[] = TAMGA_MINISTRY_BINARY;

struct Ended {
  int exit_code = -1;  // -1: not by itself
  std::string output;  // stdout and stderr
};

Ended Launch(const std::string& program, const std::string& arguments) {
  Ended ended;
  FILE* pipe = ::popen(absl::StrCat("'", program, "' ", arguments, " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return ended;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) ended.output += static_cast<char>(c);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  return ended;
}

TEST(ProgramsTest, HelpTellsTheOptionsAndTheExitCodesAndDoesNothingElse) {
  struct Case {
    const char* program;
    const char* option;
  };
  for (const Case& c :
       {Case{kTamga, "--profile"}, Case{kNode, "--check"}, Case{kLoad, "--callers"}, Case{kKillCases, "--seed"},
        Case{kGost, "--socket"}, Case{kAuthority, "--check"}, Case{kSigner, "--check"}, Case{kMinistry, "--check"}}) {
    for (const char* help : {"--help", "-h", "--help --no-such-option"}) {
      const Ended ended = Launch(c.program, help);
      EXPECT_EQ(ended.exit_code, kSuccess) << c.program << " " << help;
      EXPECT_THAT(ended.output, HasSubstr(c.option));
      EXPECT_THAT(ended.output, HasSubstr(kExitCodes));
    }
  }
}

TEST(ProgramsTest, AWrongCommandLineEndsEveryProgramWithTwo) {
  for (const char* program : {kTamga, kNode, kLoad, kKillCases, kGost, kAuthority, kSigner, kMinistry}) {
    const Ended ended = Launch(program, "--no-such-option");
    EXPECT_EQ(ended.exit_code, kUsage) << program;
    EXPECT_THAT(ended.output, HasSubstr("--help"));
  }
  EXPECT_EQ(Launch(kTamga, "node check").exit_code, kUsage);
  EXPECT_EQ(Launch(kNode, "").exit_code, kUsage);
  EXPECT_EQ(Launch(kNode, "--check").exit_code, kUsage);
  EXPECT_EQ(Launch(kGost, "").exit_code, kUsage);
  EXPECT_EQ(Launch(kGost, "--socket /none/gost.sock --key /none").exit_code, kUsage);
  for (const char* arguments :
       {"--callers 0", "--callers x", "--seconds 0", "--seconds", "--node /none", "--policy /none", "10"}) {
    const Ended ended = Launch(kLoad, arguments);
    EXPECT_EQ(ended.exit_code, kUsage) << arguments;
    EXPECT_THAT(ended.output, Not(HasSubstr("fdatasync"))) << arguments;
  }
}

TEST(ProgramsTest, AWrongConfigurationEndsWithTwoWhoeverReadsIt) {
  const std::string wrong = ::testing::TempDir() + "/programs_test.txtpb";
  std::ofstream(wrong) << "agency: \"nobody\"\n";
  for (const std::string& config : {wrong, std::string("/none.txtpb"), std::string("/")}) {
    EXPECT_EQ(Launch(kTamga, "node check --config " + config).exit_code, kUsage) << config;
    EXPECT_EQ(Launch(kNode, "--check --config " + config).exit_code, kUsage) << config;
    EXPECT_EQ(Launch(kNode, "--config " + config).exit_code, kUsage) << config;
    EXPECT_EQ(Launch(kAuthority, "--config " + config).exit_code, kUsage) << config;
    EXPECT_EQ(Launch(kSigner, "--config " + config).exit_code, kUsage) << config;
  }
  std::remove(wrong.c_str());
}

}  // namespace
}  // namespace tamga::testing
