#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string VkeyOfSeed(const std::string& name, char seed, char type) {
  absl::StatusOr<certs::Ed25519Key> key = certs::Ed25519Key::FromSeed(std::string(32, seed));
  return ledger::FormatVkey({name, key.value().public_key(), type});
}

std::string PartnerWitness() { return VkeyOfSeed("witness.interior-ministry.kgz.tamga", 'x', ledger::kCosignature); }

std::string Policy() { return absl::StrCat("witness kgz ", PartnerWitness(), "\nquorum kgz\n"); }

// The test's node with witnesses.
struct WitnessedNode {
  WitnessedNode() {
    files.Write("witness.key", HexEncode(std::string(32, 'w')));
    files.Write("witnesses.policy", Policy());
    files.config.mutable_partners(0)->set_witness_vkey(PartnerWitness());
    v1::Witnessing& witnessing = *files.config.mutable_witnessing();
    witnessing.set_key_file("witness.key");
    witnessing.set_name("witness.border-service.kaz.tamga");
    witnessing.set_policy_file("witnesses.policy");
  }
  TestNode files;
};

TEST(ConfigWitnessingTest, AGoodSetupIsLoaded) {
  WitnessedNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  ASSERT_TRUE(setup.witnessing.has_value());
  EXPECT_EQ(setup.witnessing->seed, std::string(32, 'w'));
  EXPECT_EQ(setup.witnessing->key.type, ledger::kCosignature);
  EXPECT_EQ(ledger::FormatVkey(setup.witnessing->partners.at("KGZ/interior-ministry")), PartnerWitness());
  EXPECT_EQ(setup.witnessing->policy.quorum, "kgz");
  EXPECT_EQ(setup.config.witnessing().interval_ms(), 5'000u);
  EXPECT_EQ(setup.config.witnessing().late_after_s(), 14'400u);
  EXPECT_EQ(setup.config.witnessing().key_file(), node.files.Path("witness.key"));
}

TEST(ConfigWitnessingTest, WithoutItThereIsNone) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_FALSE(setup.witnessing.has_value());
  EXPECT_FALSE(setup.config.has_witnessing());
}

TEST(ConfigWitnessingTest, EachMistakeNamesItsFieldAndItsFix) {
  struct Case {
    const char* field;
    const char* what;
    std::function<void(TestNode&)> spoil;
  };
  const Case cases[] = {
      {"witnessing.name", "name the witness", [](TestNode& n) { n.config.mutable_witnessing()->clear_name(); }},
      {"witnessing.name", "has a scheme",
       [](TestNode& n) { n.config.mutable_witnessing()->set_name("https://witness.kaz"); }},
      {"witnessing.key_file", "name the file", [](TestNode& n) { n.config.mutable_witnessing()->clear_key_file(); }},
      {"witnessing.key_file", "none.key", [](TestNode& n) { n.config.mutable_witnessing()->set_key_file("none.key"); }},
      {"witnessing.key_file", "holds no key", [](TestNode& n) { n.Write("witness.key", "12"); }},
      {"witnessing.key_file", "a key of its own",
       [](TestNode& n) { n.Write("witness.key", HexEncode(std::string(32, 'l'))); }},
      {"witnessing.key_file", "a key of its own",
       [](TestNode& n) { n.Write("witness.key", HexEncode(std::string(32, 'v'))); }},
      {"witnessing.policy_file", "name the file",
       [](TestNode& n) { n.config.mutable_witnessing()->clear_policy_file(); }},
      {"witnessing.policy_file", "none.policy",
       [](TestNode& n) { n.config.mutable_witnessing()->set_policy_file("none.policy"); }},
      {"witnessing.policy_file", "line 1: begins with \"watch\"",
       [](TestNode& n) { n.Write("witnesses.policy", "watch\nquorum none\n"); }},
      {"witnessing.policy_file", "names other logs",
       [](TestNode& n) { n.Write("witnesses.policy", absl::StrCat("log ", VkeyOf("log.other"), "\n", Policy())); }},
      {"witnessing.policy_file", "cannot make up its quorum",
       [](TestNode& n) {
         n.Write("witnesses.policy",
                 absl::StrCat("witness a ", VkeyOfSeed("w", 'y', ledger::kCosignature), "\nquorum a\n"));
       }},
      {"witnessing.policy_file", "cannot make up its quorum",
       [](TestNode& n) { n.config.mutable_partners(0)->clear_witness_vkey(); }},
      {"witnessing.interval_ms", "must be 50 to",
       [](TestNode& n) { n.config.mutable_witnessing()->set_interval_ms(1); }},
      {"witnessing.late_after_s", "must be 1 to",
       [](TestNode& n) { n.config.mutable_witnessing()->set_late_after_s(400u * 24 * 3'600); }},
      {"partners[0].witness_vkey", "of no use", [](TestNode& n) { n.config.clear_witnessing(); }},
  };
  for (const Case& spoilt : cases) {
    WitnessedNode node;
    spoilt.spoil(node.files);
    const absl::Status status = LoadNodeSetup(node.files.WriteConfig(), TestNow()).status();
    EXPECT_THAT(status, HasReason("CONFIG_INVALID"));
    const std::vector<std::string> lines = absl::StrSplit(status.message(), '\n');
    EXPECT_THAT(lines, ElementsAre(AllOf(StartsWith(absl::StrCat(spoilt.field, ": ")), HasSubstr(spoilt.what),
                                         HasSubstr("; "))))
        << spoilt.what;
  }
}

TEST(ConfigWitnessingTest, APartnersKeyThatIsNoWitnessesIsNamed) {
  const std::pair<std::string, const char*> cases[] = {
      {"nonsense", "vkey: must be"},
      {VkeyOf("log.interior-ministry.kgz.tamga"), "0x04 (a witness's)"},
      {VkeyOfSeed("witness.kgz", 'p', ledger::kCosignature), "is the key of the partner's log"},
  };
  for (const auto& [vkey, what] : cases) {
    WitnessedNode node;
    node.files.config.mutable_partners(0)->set_witness_vkey(vkey);
    const absl::Status status = LoadNodeSetup(node.files.WriteConfig(), TestNow()).status();
    EXPECT_THAT(status.message(), AllOf(HasSubstr("partners[0].witness_vkey: "), HasSubstr(what)));
  }
}

}  // namespace
}  // namespace tamga::node
