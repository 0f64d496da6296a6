#include <tuple>

#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text_proto.h"
#include "node/cli/node_template.h"
#include "node/cli/profile.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

class NodeCommandsTest : public CliTest {
 protected:
  void SetUp() override { MakePki(); }

  int Init(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"node",       "init",
                                          "--dir",      Path("run"),
                                          "--agency",   "KAZ/border-service",
                                          "--listen",   "127.0.0.1:0",
                                          "--pki",      Path("node"),
                                          "--treaties", TAMGA_SOURCE_DIR "/policy/treaties",
                                          "--trust",    "KAZ=" + Path("kaz/root.pem")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
};

TEST_F(NodeCommandsTest, AFreshConfigurationPassesTheCheck) {
  ASSERT_EQ(Init(), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("The configuration of KAZ/border-service is in order"));
}

TEST_F(NodeCommandsTest, TheLogIsServedOverHttpsWhereAsked) {
  ASSERT_EQ(Init(), 0) << err();
  EXPECT_THAT(ReadFile(Path("run/node.txtpb")).value(), HasSubstr("\n# log_listen: "));
  ASSERT_EQ(Init({"--log-listen", "127.0.0.1:7402", "--force"}), 0) << err();
  EXPECT_THAT(ReadFile(Path("run/node.txtpb")).value(), HasSubstr("\nlog_listen: \"127.0.0.1:7402\""));
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
}

TEST_F(NodeCommandsTest, PartnersAndAuditorsStandInTheConfiguration) {
  ASSERT_EQ(Run({"pki", "state", "--state", "KGZ", "--out", Path("kgz")}), 0);
  ASSERT_EQ(
      Run({"pki", "node", "--authority", Path("kgz"), "--agency", "KGZ/interior-ministry", "--out", Path("kgz-node")}),
      0);
  ASSERT_EQ(Init({"--trust", "KGZ=" + Path("kgz/root.pem"), "--partner",
                  "KGZ/interior-ministry=127.0.0.1:7402=" + Path("kgz-node/log.vkey"), "--auditor",
                  "KAZ/prosecutor-general"}),
            0)
      << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
  v1::NodeConfig config;
  ASSERT_OK(ReadTextProto(Path("run/node.txtpb"), config));
  ASSERT_EQ(config.partners_size(), 1);
  EXPECT_EQ(config.partners(0).address(), "127.0.0.1:7402");
  EXPECT_THAT(config.partners(0).log_vkey(), ::testing::StartsWith("log.interior-ministry.kgz.tamga+"));
  EXPECT_THAT(config.auditor_agencies(), ::testing::ElementsAre("KAZ/prosecutor-general"));
}

TEST_F(NodeCommandsTest, WitnessesStandInTheConfigurationAndItsPolicy) {
  ASSERT_EQ(Run({"pki", "state", "--state", "KGZ", "--out", Path("kgz")}), 0);
  for (const auto& [authority, agency, folder] : {std::tuple("kgz", "KGZ/interior-ministry", "kgz-node"),
                                                  std::tuple("kaz", "KAZ/interior-ministry", "kaz-node")}) {
    ASSERT_EQ(Run({"pki", "node", "--authority", Path(authority), "--agency", agency, "--out", Path(folder)}), 0);
  }
  const std::vector<std::string> kazakh = {"--partner",
                                           "KAZ/interior-ministry=127.0.0.1:7403=" + Path("kaz-node/log.vkey"),
                                           "--witness", "KAZ/interior-ministry=" + Path("kaz-node/witness.vkey")};
  ASSERT_EQ(Init(kazakh), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const std::string at_home, ReadFile(Path("run/witnesses.policy")));
  EXPECT_THAT(at_home, HasSubstr("group another-agency any KAZ/interior-ministry\nquorum another-agency\n"));

  std::vector<std::string> both = kazakh;
  for (const std::string& more :
       {std::string("--trust"), "KGZ=" + Path("kgz/root.pem"), std::string("--partner"),
        "KGZ/interior-ministry=127.0.0.1:7402=" + Path("kgz-node/log.vkey"), std::string("--witness"),
        "KGZ/interior-ministry=" + Path("kgz-node/witness.vkey"), std::string("--force")}) {
    both.push_back(more);
  }
  ASSERT_EQ(Init(both), 0) << err();
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const std::string abroad, ReadFile(Path("run/witnesses.policy")));
  EXPECT_THAT(abroad, HasSubstr("group another-state any KGZ/interior-ministry\nquorum another-state\n"));

  EXPECT_EQ(Init({"--witness", "TJK/interior-ministry=" + Path("kgz-node/witness.vkey"), "--force"}), 2);
  EXPECT_THAT(err(), HasSubstr("that --partner names"));
  std::vector<std::string> wrong_key = kazakh;
  wrong_key[3] = "KAZ/interior-ministry=" + Path("kaz-node/log.vkey");
  wrong_key.push_back("--force");
  EXPECT_EQ(Init(wrong_key), 2);
  EXPECT_THAT(err(), HasSubstr("0x04"));
}

TEST_F(NodeCommandsTest, RefusesArgumentsThatCannotBeMeant) {
  EXPECT_EQ(Init({"--partner", "KGZ/interior-ministry=127.0.0.1:7402"}), 2);
  EXPECT_THAT(err(), HasSubstr("AGENCY=ADDRESS=VKEYFILE"));
  EXPECT_EQ(Init({"--auditor", "prosecutor"}), 2);
  EXPECT_THAT(err(), HasSubstr("--auditor"));
  EXPECT_EQ(Init({"--trust", "KGZ"}), 2);
  EXPECT_THAT(err(), HasSubstr("STATE=FILE"));
  EXPECT_EQ(Init({"--trust", "KGZ=" + Path("node/tls.pem")}), 2);  // no root
  EXPECT_THAT(err(), HasSubstr("--trust"));
}

TEST_F(NodeCommandsTest, CheckNamesEveryMistakeAndEndsWithTwo) {
  ASSERT_EQ(Init(), 0);
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(Path("run/node.txtpb")));
  text.replace(text.find("127.0.0.1:0"), 11, "nowhere");
  ASSERT_OK(WriteFile(Path("run/node.txtpb"), text));
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/node.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("listen"));
  EXPECT_EQ(Run({"node", "check", "--config", Path("run/none.txtpb")}), 2);
}

TEST_F(NodeCommandsTest, TheTemplateParsesBackToTheConfiguration) {
  v1::NodeConfig config;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(agency: "a" listen: "b\"\\" data_dir: "c" treaties_dir: "d é" vault_key_file: "k"
         tls { certificate_file: "e" key_file: "f" } seal { certificate_file: "g" key_file: "h" }
         log { origin: "i" key_file: "j" } trust_bundles { state: "l" roots_file: "m" }
         partners { agency: "n" address: "o" log_vkey: "p" witness_vkey: "s" }
         partners { agency: "n2" address: "o2" log_vkey: "p2" }
         witnessing { key_file: "t" name: "u" policy_file: "v" } auditor_agencies: "q" auditor_agencies: "r"
         log_listen: "w")",
      &config));
  v1::NodeConfig parsed;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(NodeConfigText(config), &parsed));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(parsed, config)) << NodeConfigText(config);
}

TEST_F(NodeCommandsTest, ProfilesLoadWhereverTheirFilesAre) {
  ASSERT_EQ(Run({"node", "profile", "--out", Path("profiles/a.txtpb"), "--node-agency", "KAZ/border-service",
                 "--address", "127.0.0.1:7401", "--certificate", Path("lane-7/lane-7.pem"), "--key",
                 Path("lane-7/lane-7.key"), "--trust", "KAZ=" + Path("kaz/root.pem")}),
            0)
      << err();
  ASSERT_OK_AND_ASSIGN(const Profile profile, LoadProfile(Path("profiles/a.txtpb")));
  EXPECT_EQ(profile.node_address, "127.0.0.1:7401");
}

TEST_F(NodeCommandsTest, ProfilesThatCannotWorkAreReportedAtOnce) {
  EXPECT_EQ(Run({"node", "profile", "--out", Path("a.txtpb"), "--node-agency", "KGZ/interior-ministry", "--address",
                 "127.0.0.1:7401", "--certificate", Path("lane-7/lane-7.pem"), "--key", Path("lane-7/lane-7.key"),
                 "--trust", "KAZ=" + Path("kaz/root.pem")}),
            2);
  EXPECT_THAT(err(), HasSubstr("has no roots of KGZ"));
  EXPECT_EQ(Run({"node", "profile", "--out", Path("b.txtpb"), "--node-agency", "KAZ/border-service", "--address",
                 "127.0.0.1:7401", "--certificate", Path("lane-7/lane-7.pem"), "--key", Path("node/tls.key"), "--trust",
                 "KAZ=" + Path("kaz/root.pem")}),
            2);
  EXPECT_THAT(err(), HasSubstr("is not the certificate's key"));
}

TEST_F(NodeCommandsTest, TheOperatorAcceptsAClockByAnotherClock) {
  const std::string right = UtcText(clock_.Now() + absl::Minutes(3));
  const auto accept = [&](const std::string& now) {
    return Run({"node", "accept-clock", "--data-dir", Path(""), "--now", now});
  };
  EXPECT_EQ(accept(right), 2);
  EXPECT_THAT(err(), HasSubstr("no data folder"));
  ASSERT_OK(WriteFile(Path("clock"), ""));
  EXPECT_EQ(accept("now"), 2);
  EXPECT_THAT(err(), HasSubstr("by another clock"));
  for (const absl::Duration off : {absl::Hours(24 * 400), -absl::Hours(1)}) {
    EXPECT_EQ(accept(UtcText(clock_.Now() + off)), 2);
    EXPECT_THAT(err(), HasSubstr("this machine's clock says"));
    EXPECT_THAT(ReadFile(Path("clock.accepted")), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_EQ(accept(right), 0) << err();
  EXPECT_OK(ReadFile(Path("clock.accepted")));
}

}  // namespace
}  // namespace tamga::cli
