#include "node/cli/output_buffer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/cli/environment.h"
#include "node/cli/exit_code.h"
#include "node/cli/tamga.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kNoSpace[] = "cannot write the output: No space left on device";

// Takes nothing, as a disk without space.
class FullDisk {
 public:
  FullDisk() : fd_(::open("/dev/full", O_WRONLY | O_CLOEXEC)), buffer_(fd_), out_(&buffer_) {}
  ~FullDisk() { ::close(fd_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  std::ostream& out() { return out_; }

 private:
  const int fd_;
  OutputBuffer buffer_;
  std::ostream out_;
};

TEST(OutputBufferTest, WhatIsWrittenArrivesInItsOrder) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  OutputBuffer buffer(ends[1]);
  std::ostream out(&buffer);
  const std::string text(20000, 'x');  // more than the buffer holds, less than a pipe
  out << text << 'y' << "z";
  EXPECT_OK(FinishOutput(out));
  EXPECT_OK(FinishOutput(out));
  ::close(ends[1]);
  std::string seen;
  char piece[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], piece, sizeof(piece))) > 0;) {
    seen.append(piece, static_cast<size_t>(count));
  }
  ::close(ends[0]);
  EXPECT_EQ(seen, text + "yz");
}

TEST(OutputBufferTest, WhatIsLostIsAnErrorWithItsReasonHoweverLongAgoItWas) {
  for (const size_t size : {size_t{1}, size_t{100000}}) {
    FullDisk disk;
    disk.out() << std::string(size, 'x');
    errno = ENOENT;
    const absl::Status lost = FinishOutput(disk.out());
    EXPECT_EQ(lost.message(), kNoSpace);
    EXPECT_EQ(ReasonOf(lost), "OUTPUT_LOST");
    EXPECT_EQ(ExitCodeOf(lost), 4);
    EXPECT_EQ(FinishOutput(disk.out()).message(), kNoSpace);
  }
  FullDisk untouched;
  EXPECT_OK(FinishOutput(untouched.out()));
}

class LostOutputTest : public NodeTest {
 protected:
  int RunToFullDisk(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--profile", Path("caller.txtpb")});
    FullDisk disk;
    said_.str("");
    std::istringstream in;
    SystemRng rng;
    Environment environment = {in, disk.out(), said_, false, false, clock_, rng, {}};
    return RunTamga(arguments, environment);
  }

  std::ostringstream said_;
};

TEST_F(LostOutputTest, ACommandWhoseOutputIsLostEndsWithFourAndSaysSo) {
  EXPECT_EQ(RunToFullDisk({"audit", "list"}), 4);
  EXPECT_THAT(said_.str(), HasSubstr(kNoSpace));
  EXPECT_EQ(RunToFullDisk({"--help"}), 4);
}

TEST_F(LostOutputTest, AnErrorOfTheCommandItselfComesFirst) {
  audit_.log.Append("0");
  witness_.witnessing.set_state(v1::WITNESS_STATE_CONTRADICTED);
  EXPECT_EQ(RunToFullDisk({"audit", "verify"}), 1);
  EXPECT_THAT(said_.str(), AllOf(HasSubstr("LOG_FAULT"), HasSubstr(kNoSpace)));
}

TEST_F(LostOutputTest, ATailEndsWhenNobodyTakesWhatItShows) {
  audit_.tail_goes_on = true;
  audit_.list.add_entries();
  EXPECT_EQ(RunToFullDisk({"audit", "tail"}), 4);
  EXPECT_THAT(said_.str(), HasSubstr(kNoSpace));
}

}  // namespace
}  // namespace tamga::cli
