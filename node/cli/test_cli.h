// For tests: command lines run in this process, in a folder of their own.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/cli/environment.h"

namespace tamga::cli {

class CliTest : public ::testing::Test {
 protected:
  CliTest();
  ~CliTest() override;

  // Runs the command line and returns its exit code; out() and err() hold what it printed.
  int Run(const std::vector<std::string>& arguments);
  // The same with `input` on stdin.
  int RunWithInput(const std::string& input, const std::vector<std::string>& arguments);
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  // A path in the test's own folder.
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // KAZ in "kaz", its node in "node", the system lane-7 with a profile in "lane-7".
  void MakePki();

  const ManualClock clock_;

 private:
  std::string folder_;
  SystemRng rng_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
};

}  // namespace tamga::cli
