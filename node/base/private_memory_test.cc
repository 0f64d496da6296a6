#include "node/base/private_memory.h"

#include <unistd.h>

#include "gtest/gtest.h"

namespace tamga {
namespace {

TEST(PrivateMemory, TheProcessCannotBeDumped) {
  const auto look = [] {
    KeepMemoryPrivate();
    ::_exit(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tamga
