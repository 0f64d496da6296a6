#include "node/cli/test_cli.h"

#include <cstdlib>
#include <filesystem>

#include "node/base/check.h"
#include "node/cli/tamga.h"

namespace tamga::cli {

CliTest::CliTest() : clock_(absl::FromUnixSeconds(1795435200)) {
  std::string name = ::testing::TempDir() + "/tamga-cli-XXXXXX";
  TAMGA_CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

CliTest::~CliTest() { std::filesystem::remove_all(folder_); }

int CliTest::RunWithInput(const std::string& input, const std::vector<std::string>& arguments) {
  in_.clear();
  in_.str(input);
  return Run(arguments);
}

int CliTest::Run(const std::vector<std::string>& arguments) {
  out_.str("");
  err_.str("");
  Environment environment = {in_, out_, err_, false, false, clock_, rng_, {}};
  return RunTamga(arguments, environment);
}

void CliTest::MakePki() {
  ASSERT_EQ(Run({"pki", "state", "--state", "KAZ", "--out", Path("kaz")}), 0) << err();
  ASSERT_EQ(Run({"pki", "node", "--authority", Path("kaz"), "--agency", "KAZ/border-service", "--out", Path("node")}),
            0)
      << err();
  ASSERT_EQ(Run({"pki", "system", "--authority", Path("kaz"), "--agency", "KAZ/border-service", "--name", "lane-7",
                 "--node-address", "127.0.0.1:1", "--out", Path("lane-7")}),
            0)
      << err();
}

}  // namespace tamga::cli
