// What is acknowledged survives SIGKILL at the worst moments. The log is written by a child process, which is this test
// program again with a fail point set.
#ifdef TAMGA_FAILPOINTS

#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "node/ledger/test_log.h"

namespace tamga::ledger {
namespace {

constexpr char kFolderVariable[] = "TAMGA_TEST_FOLDER";
constexpr uint64_t kAppends = 50;

// Not a test by itself: appends to the log in the folder of the environment, and notes each acknowledgement, until
// killed.
TEST(CrashChild, DISABLED_AppendsUntilKilled) {
  const char* folder = std::getenv(kFolderVariable);
  ASSERT_NE(folder, nullptr);
  SystemRng rng;
  ASSERT_OK_AND_ASSIGN(const auto database,
                       store::ExchangeDb::Open(folder, std::string(32, 'k'), std::string(32, 'b')));
  ASSERT_OK_AND_ASSIGN(const auto vault, store::Vault::Open(folder, std::string(32, 'k'), rng));
  const TestLogKey key("log.test.example/exchange");
  ASSERT_OK_AND_ASSIGN(const auto sequencer, Sequencer::Start(*database, *vault, key.key(), key.signer()));
  std::ofstream acknowledged(std::string(folder) + "/acknowledged");
  for (uint64_t n = 0; n < kAppends; ++n) {
    ASSERT_OK(sequencer->Append({{}, TestEntry(n)}));
    acknowledged << n << std::endl;
  }
}

// Runs the child with the fail point set; the status of waitpid.
int RunChild(const std::string& folder, const std::string& failpoint) {
  std::string program = "/proc/self/exe";
  std::string filter = "--gtest_filter=CrashChild.*";
  std::string disabled = "--gtest_also_run_disabled_tests";
  std::string variable = absl::StrCat(kFolderVariable, "=", folder);
  std::string point = absl::StrCat("TAMGA_FAILPOINT=", failpoint);
  char* arguments[] = {program.data(), filter.data(), disabled.data(), nullptr};
  char* environment[] = {variable.data(), point.data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environment), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

struct KillPoint {
  const char* name;
  const char* failpoint;
  uint64_t unacknowledged;  // entries that are durable although nobody was told
};

class CrashTest : public TestLog, public ::testing::WithParamInterface<KillPoint> {};

TEST_P(CrashTest, WhatWasAcknowledgedIsInTheLog) {
  vault_.reset();
  database_.reset();
  const int status = RunChild(folder_.path(), absl::StrCat(GetParam().failpoint, "=kill@20"));
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(WTERMSIG(status), SIGKILL);
  uint64_t acknowledged = 0;
  std::ifstream lines(folder_.path() + "/acknowledged");
  for (std::string line; std::getline(lines, line);) ++acknowledged;
  ASSERT_GT(acknowledged, 10u);

  SetUp();
  EXPECT_EQ(Read()->EntryCount().value(), acknowledged + GetParam().unacknowledged);
  ASSERT_OK_AND_ASSIGN(const auto writer, OpenWriter());
  AppendEntries(*writer, Read()->EntryCount().value(), kAppends);
  for (uint64_t n = 0; n < kAppends; ++n) EXPECT_EQ(Read()->EntryAt(n).value().body, TestEntry(n));
  EXPECT_TRUE(Verify([&] { return writer->Settle(); })->intact());
}

INSTANTIATE_TEST_SUITE_P(All, CrashTest,
                         ::testing::Values(KillPoint{"BeforeCommit", "ledger.before_commit", 0},
                                           KillPoint{"AfterCommit", "ledger.after_commit", 1}),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace tamga::ledger

#endif  // TAMGA_FAILPOINTS
