#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text_proto.h"
#include "node/cli/test_cli.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

class CourierCommandsTest : public CliTest {};

TEST_F(CourierCommandsTest, AKeyIsMadeOnceAndItsPublicHalfPrintedEachTime) {
  ASSERT_EQ(Run({"courier", "key", Path("courier.key")}), 0) << err();
  const std::string first = out();
  EXPECT_EQ(first.size(), 65u);
  struct stat info = {};
  ASSERT_EQ(::stat(Path("courier.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  ASSERT_OK_AND_ASSIGN(const std::string secret, ReadFile(Path("courier.key")));
  EXPECT_EQ(first.find(secret), std::string::npos);
  ASSERT_EQ(Run({"courier", "key", Path("courier.key")}), 0) << err();
  EXPECT_EQ(out(), first);
  ASSERT_OK(WriteFile(Path("other"), "no key\n", 0600));
  EXPECT_EQ(Run({"courier", "key", Path("other")}), 2);
}

TEST_F(CourierCommandsTest, ANewNodeHasAKeyAndKnowsThoseOfItsPartners) {
  MakePki();
  ASSERT_EQ(Run({"pki", "state", "--state", "KGZ", "--out", Path("kgz")}), 0);
  ASSERT_EQ(
      Run({"pki", "node", "--authority", Path("kgz"), "--agency", "KGZ/interior-ministry", "--out", Path("kgz-node")}),
      0);
  ASSERT_EQ(Run({"courier", "key", Path("kgz-node/courier.key")}), 0);
  const std::string key(absl::StripSuffix(out(), "\n"));
  const auto init = [&](const std::string& courier) {
    return Run({"node",       "init",
                "--dir",      Path("run"),
                "--agency",   "KAZ/border-service",
                "--listen",   "127.0.0.1:0",
                "--pki",      Path("node"),
                "--treaties", TAMGA_SOURCE_DIR "/policy/treaties",
                "--trust",    "KAZ=" + Path("kaz/root.pem"),
                "--trust",    "KGZ=" + Path("kgz/root.pem"),
                "--partner",  "KGZ/interior-ministry=127.0.0.1:7402=" + Path("kgz-node/log.vkey"),
                "--courier",  courier,
                "--force"});
  };
  ASSERT_EQ(init("KGZ/interior-ministry=" + key), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
  v1::NodeConfig config;
  ASSERT_OK(ReadTextProto(Path("run/node.txtpb"), config));
  EXPECT_EQ(config.courier_key_file(), "courier.key");
  EXPECT_EQ(config.partners(0).courier_key(), key);

  ASSERT_EQ(init("KGZ/interior-ministry=" + key.substr(2)), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("partners[0].courier_key"));
  ASSERT_EQ(Run({"courier", "key", Path("run/courier.key")}), 0);
  ASSERT_EQ(init(absl::StrCat("KGZ/interior-ministry=", absl::StripSuffix(out(), "\n"))), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("is this node's own"));
  EXPECT_EQ(init("TJK/interior-ministry=" + key), 2);
}

TEST_F(CourierCommandsTest, ArgumentsThatDoNotGoTogetherAreRefused) {
  EXPECT_EQ(Run({"courier", "export", "--out", Path("bundle")}), 2);
  EXPECT_THAT(err(), HasSubstr("--partner"));
  ASSERT_OK(WriteFile(Path("bundle"), "tamga-courier-1\n"));
  EXPECT_NE(Run({"courier", "show", Path("bundle")}), 0);
  EXPECT_THAT(err(), HasSubstr("ends in the middle"));
  ASSERT_OK(WriteFile(Path("text"), "what is no bundle at all"));
  EXPECT_EQ(Run({"courier", "import", Path("text")}), 2);
  EXPECT_THAT(err(), HasSubstr("no good bundle"));
}

}  // namespace
}  // namespace tamga::cli
