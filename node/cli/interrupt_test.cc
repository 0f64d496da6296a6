#include "node/cli/interrupt.h"

#include <csignal>

#include "gtest/gtest.h"
#include "node/base/exit_code.h"

namespace tamga::cli {
namespace {

TEST(EndsByInterruptDeathTest, CtrlCIsSuccessWhileItLivesAndWhatItWasAfterwards) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const EndsByInterrupt ends;
        std::raise(SIGINT);
      },
      testing::ExitedWithCode(kSuccess), "");
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_DFL);  // a shell has what runs in its background ignore it
        { const EndsByInterrupt ends; }
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace tamga::cli
