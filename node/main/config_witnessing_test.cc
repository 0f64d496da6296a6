#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_mistakes.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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

// The same, with a witness that no partner runs.
struct OutsideWitnessedNode : WitnessedNode {
  OutsideWitnessedNode() {
    files.Write("witnesses.policy", OutsidePolicy());
    files.Write("outside.pem", AuthorityOf("KGZ").RootPem());
    v1::OutsideWitness& witness = *files.config.mutable_witnessing()->add_outside_witnesses();
    witness.set_name("auditors");
    witness.set_url("https://witness.example:8443/logs/");
    witness.set_roots_file("outside.pem");
  }
  static std::string OutsidePolicy(char seed = 'y', const std::string& name = "witness.example") {
    return absl::StrCat("witness kgz ", PartnerWitness(), "\nwitness auditors ",
                        VkeyOfSeed(name, seed, ledger::kCosignature), "\ngroup both all kgz auditors\nquorum both\n");
  }
};

v1::OutsideWitness& OutsideOf(TestNode& node) {
  return *node.config.mutable_witnessing()->mutable_outside_witnesses(0);
}

// The certificate to show it.
v1::KeyPair& ClientOf(TestNode& node, const std::string& certificate = "tls.pem", const std::string& key = "tls.key") {
  v1::KeyPair& client = *OutsideOf(node).mutable_client();
  client.set_certificate_file(certificate);
  client.set_key_file(key);
  return client;
}

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
    ExpectMistake(node.files, spoilt.field, spoilt.what);
  }
}

TEST(ConfigWitnessingTest, AnOutsideWitnessIsLoadedWithTheKeyThatThePolicyHas) {
  OutsideWitnessedNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  ASSERT_EQ(setup.witnessing->outside.size(), 1u);
  const OutsideWitness& witness = setup.witnessing->outside[0];
  EXPECT_EQ(ledger::FormatVkey(witness.key), VkeyOfSeed("witness.example", 'y', ledger::kCosignature));
  EXPECT_EQ(witness.server.host, "witness.example");
  EXPECT_EQ(witness.server.port, 8443);
  EXPECT_EQ(witness.server.name, "witness.example");
  EXPECT_EQ(witness.base_path, "/logs");
  EXPECT_EQ(witness.server.roots_pem, AuthorityOf("KGZ").RootPem());
  EXPECT_EQ(witness.server.identity.chain_pem, setup.tls.chain_pem);
  EXPECT_EQ(witness.server.identity.key_pem, setup.tls.key_pem);
}

TEST(ConfigWitnessingTest, AnOutsideWitnessMayHaveANameAndSeeACertificateOfItsOwn) {
  OutsideWitnessedNode node;
  OutsideOf(node.files).set_url("https://[::1]");
  OutsideOf(node.files).set_server_name("interior-ministry.kgz.tamga");
  node.files.Issue("client", {"KAZ/border-service", certs::Role::kSystem, "witnessing"});
  ClientOf(node.files, "client.pem", "client.key");
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  const OutsideWitness& witness = setup.witnessing->outside.at(0);
  EXPECT_EQ(witness.server.host, "::1");
  EXPECT_EQ(witness.server.port, 443);
  EXPECT_EQ(witness.server.name, "interior-ministry.kgz.tamga");
  EXPECT_EQ(witness.base_path, "");
  EXPECT_EQ(witness.server.identity.chain_pem, node.files.Read("client.pem"));
  EXPECT_EQ(witness.server.identity.key_pem, node.files.Read("client.key"));
}

TEST(ConfigWitnessingTest, EachMistakeOfAnOutsideWitnessNamesItsFieldAndItsFix) {
  struct Case {
    const char* field;
    const char* what;
    std::function<void(TestNode&)> spoil;
  };
  const Case cases[] = {
      {".name", "name the witness as",
       [](TestNode& n) {
         n.Write("witnesses.policy", Policy());
         OutsideOf(n).clear_name();
       }},
      {".name", "has no witness auditors", [](TestNode& n) { n.Write("witnesses.policy", Policy()); }},
      {".name", "is the witness of KGZ/interior-ministry",
       [](TestNode& n) {
         n.Write("witnesses.policy", Policy());
         OutsideOf(n).set_name("kgz");
       }},
      {".name", "is this node's own witness",
       [](TestNode& n) { n.Write("witnesses.policy", OutsideWitnessedNode::OutsidePolicy('w')); }},
      {".name", "is named witness.interior-ministry.kgz.tamga too",
       [](TestNode& n) {
         n.Write("witnesses.policy", OutsideWitnessedNode::OutsidePolicy('y', "witness.interior-ministry.kgz.tamga"));
       }},
      {".url", "name https://", [](TestNode& n) { OutsideOf(n).clear_url(); }},
      {".url", "must be https://", [](TestNode& n) { OutsideOf(n).set_url("http://witness.example"); }},
      {".server_name", "DNS name or an IP address", [](TestNode& n) { OutsideOf(n).set_server_name("a b"); }},
      {".roots_file", "name the PEM file", [](TestNode& n) { OutsideOf(n).clear_roots_file(); }},
      {".roots_file", "none.pem", [](TestNode& n) { OutsideOf(n).set_roots_file("none.pem"); }},
      {".roots_file", "ask the witness's operators", [](TestNode& n) { n.Write("outside.pem", "hello"); }},
      {".roots_file", "not a self-signed root", [](TestNode& n) { OutsideOf(n).set_roots_file("tls.pem"); }},
      {".client.certificate_file", "name the PEM file", [](TestNode& n) { ClientOf(n).clear_certificate_file(); }},
      {".client.certificate_file", "none.pem", [](TestNode& n) { ClientOf(n, "none.pem"); }},
      {".client.certificate_file", "is not for TLS clients", [](TestNode& n) { ClientOf(n, "seal.pem", "seal.key"); }},
      {".client.certificate_file", "is not valid now",
       [](TestNode& n) {
         n.Issue("old", {"KAZ/border-service", certs::Role::kSystem, "w"}, absl::Hours(1), TestNow() - absl::Hours(2));
         ClientOf(n, "old.pem", "old.key");
       }},
      {".client.key_file", "name the PEM file", [](TestNode& n) { ClientOf(n).clear_key_file(); }},
      {".client.key_file", "is not the key of the certificate",
       [](TestNode& n) { ClientOf(n, "tls.pem", "seal.key"); }},
  };
  for (const Case& spoilt : cases) {
    OutsideWitnessedNode node;
    spoilt.spoil(node.files);
    ExpectMistake(node.files, absl::StrCat("witnessing.outside_witnesses[0]", spoilt.field), spoilt.what);
  }
  OutsideWitnessedNode twice;
  *twice.files.config.mutable_witnessing()->add_outside_witnesses() = OutsideOf(twice.files);
  ExpectMistake(twice.files, "witnessing.outside_witnesses[1].name", "is there twice");
  OutsideWitnessedNode expired;
  const absl::Status status =
      LoadNodeSetup(expired.files.WriteConfig(), TestNow() + absl::Hours(24 * 366 * 11)).status();
  EXPECT_THAT(status.message(), HasSubstr("outside.pem holds no root that has not expired; "));
}

TEST(ConfigWitnessingTest, AQuorumThatNeedsAnOutsideWitnessWhoIsNotAskedCannotBeReached) {
  OutsideWitnessedNode node;
  node.files.config.mutable_witnessing()->clear_outside_witnesses();
  ExpectMistake(node.files, "witnessing.policy_file", "cannot make up its quorum");
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
