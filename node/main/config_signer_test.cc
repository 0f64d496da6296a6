// Seals whose key is not in a file.
#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "certs/seal.h"
#include "certs/test_token.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_mistakes.h"
#include "node/main/test_node.h"
#include "node/signer/signer_server.h"

namespace tamga::node {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

certs::EvpPkeyPtr SealKeyOf(const TestNode& node) { return certs::ParsePrivateKeyPem(node.Read("seal.key")).value(); }

// A node whose seal's key is in a token.
class TokenConfigTest : public testing::Test {
 protected:
  TokenConfigTest() : token_("tamga-test") {
    token_.Import("seal", *SealKeyOf(node_));
    node_.Write("pin", absl::StrCat(certs::kTestPin, "\n"));
    node_.config.mutable_seal()->clear_key_file();
    Key().set_module(certs::kSoftHsm);
    Key().set_token_label("tamga-test");
    Key().set_key_label("seal");
    Key().set_pin_file("pin");
  }
  v1::Pkcs11Key& Key() { return *node_.config.mutable_seal()->mutable_pkcs11(); }

  TestNode node_;
  certs::TestToken token_;
};

TEST_F(TokenConfigTest, TheSealSignsWithTheTokensKey) {
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node_.WriteConfig(), TestNow()));
  ASSERT_OK_AND_ASSIGN(const v1::Signature signature, setup.seal->Sign(certs::kRequestType, "header"));
  EXPECT_EQ(signature.key_id(), setup.seal->chain().front().SpkiSha256());
}

TEST_F(TokenConfigTest, AKeyOfAnotherCertificateIsRefused) {
  token_.Import("another", *certs::GenerateP256Key().value());
  Key().set_key_label("another");
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("seal.pkcs11: "), HasSubstr("is not the key of"))));
}

TEST_F(TokenConfigTest, AWrongPinIsRefusedAndNotRepeated) {
  node_.Write("pin", "guess-4711");
  EXPECT_THAT(MistakesOf(node_),
              ElementsAre(AllOf(StartsWith("seal.pkcs11: "), HasSubstr("refuses the PIN"), Not(HasSubstr("4711")))));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(MistakesOf(node_),
                ElementsAre(AllOf(StartsWith("seal.pkcs11.pin_file: "), HasSubstr("not tried again"))));
  }
  node_.Write("pin", certs::kTestPin);
  EXPECT_THAT(MistakesOf(node_), testing::IsEmpty());
}

TEST_F(TokenConfigTest, APinThatOthersMayReadIsRefused) {
  node_.Write("pin", certs::kTestPin, 0644);
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("seal.pkcs11.pin_file: "), HasSubstr("chmod 600"))));
}

TEST_F(TokenConfigTest, EveryPartIsRequired) {
  Key().Clear();
  node_.config.mutable_seal()->mutable_pkcs11();
  EXPECT_THAT(MistakesOf(node_),
              ElementsAre(StartsWith("seal.pkcs11.module: "), StartsWith("seal.pkcs11.token_label: "),
                          StartsWith("seal.pkcs11.key_label: "), StartsWith("seal.pkcs11.pin_file: ")));
}

TEST_F(TokenConfigTest, AModuleThatIsNotThereIsRefused) {
  Key().set_module("none.so");
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("seal.pkcs11.module: "), HasSubstr("put it there"))));
}

TEST_F(TokenConfigTest, TwoKeysForOneSealAreOneTooMany) {
  node_.config.mutable_seal()->set_key_file("seal.key");
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("seal: "), HasSubstr("leave one of"))));
}

TEST_F(TokenConfigTest, TheKeyOfTlsMustBeInAFile) {
  *node_.config.mutable_tls()->mutable_pkcs11() = Key();
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("tls.pkcs11: "), HasSubstr("name it in key_file"))));
}

// A node whose seal's key is in a process of its own.
class SocketConfigTest : public testing::Test {
 protected:
  SocketConfigTest() {
    node_.config.mutable_seal()->clear_key_file();
    node_.config.mutable_seal()->set_signer_socket("signer.sock");
  }

  void Serve(const std::string& key_pem) {
    key_ = certs::P256Signer::FromPem(key_pem).value();
    server_ = std::make_unique<signer::SignerServer>(
        ListenAt(node_.Path("signer.sock")).value(), *key_,
        signer::ServerRules{{certs::kRequestType, certs::kReplyType}, ::geteuid(), 1'000}, clock_);
  }

  TestNode node_;
  SystemClock clock_;
  std::unique_ptr<certs::Signer> key_;
  std::unique_ptr<signer::SignerServer> server_;
};

TEST_F(SocketConfigTest, ASealMayRenewItselfWhereverItsKeyIs) {
  Serve(node_.Read("seal.key"));
  node_.config.mutable_enrolment()->set_authority_address("authority.kz:7411");
  node_.config.mutable_enrolment()->set_renew_seal(true);
  EXPECT_THAT(MistakesOf(node_), testing::IsEmpty());
}

TEST_F(SocketConfigTest, TheSealIsSignedInTheOtherProcess) {
  Serve(node_.Read("seal.key"));
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node_.WriteConfig(), TestNow()));
  EXPECT_OK(setup.seal->Sign(certs::kReplyType, "header"));
}

TEST_F(SocketConfigTest, ASignerThatDoesNotRunIsAMistake) {
  EXPECT_THAT(MistakesOf(node_),
              ElementsAre(AllOf(StartsWith("seal.signer_socket: "), HasSubstr("tamga-signer must run first"))));
}

TEST_F(SocketConfigTest, ASignerWithAnotherKeyIsAMistake) {
  Serve(node_.Read("tls.key"));
  EXPECT_THAT(MistakesOf(node_), ElementsAre(AllOf(StartsWith("seal.signer_socket: "), HasSubstr("another key"))));
}

TEST_F(SocketConfigTest, TheKeyOfTlsMustBeInAFile) {
  Serve(node_.Read("seal.key"));
  node_.config.mutable_tls()->set_signer_socket("signer.sock");
  EXPECT_THAT(MistakesOf(node_), ElementsAre(StartsWith("tls.signer_socket: ")));
}

}  // namespace
}  // namespace tamga::node
