// tamga pki against a real issuing authority.
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/test_token.h"
#include "certs/trust_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/authority/authority.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/tamga.h"
#include "node/exchange/tls.h"
#include "node/store/test_folder.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PkiAuthorityTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_OK(exchange::RestrictOpenSslToTls13()); }

  void SetUp() override {
    ASSERT_EQ(Run({"pki", "state", "--state", "KAZ", "--out", Path("kaz")}), 0) << err();
    authority::AuthoritySetup setup{
        {},
        {},
        certs::IssuingAuthority::Load("KAZ", Content("kaz/root.pem"), Content("kaz/issuing.pem"),
                                      Content("kaz/issuing.key"))
            .value(),
        certs::TrustStore::Build({{"KAZ", Content("kaz/root.pem")}}).value(),
        {absl::Hours(24 * 7), absl::Hours(24 * 365), absl::Hours(24 * 90)}};
    setup.config.set_state("KAZ");
    setup.config.set_listen("127.0.0.1:0");
    setup.config.set_data_dir(Path("data"));
    setup.limits.set_max_message_bytes(2u << 20);
    setup.limits.set_max_concurrent_streams(64);
    setup.limits.set_max_descriptors(500);
    setup.limits.set_max_connections_per_address(500);
    setup.limits.set_max_queued_calls(100);
    setup.limits.set_drain_ms(1'000);
    absl::StatusOr<std::unique_ptr<authority::Authority>> started =
        authority::Authority::Start(std::move(setup), clock_, uptime_, rng_);
    ASSERT_OK(started);
    authority_ = *std::move(started);
    ASSERT_EQ(Run({"pki", "operator", "--authority", Path("kaz"), "--agency", "KAZ/issuing-authority", "--name", "anna",
                   "--node-address", authority_->address(), "--out", Path("anna")}),
              0)
        << err();
  }

  int Run(const std::vector<std::string>& arguments) {
    err_.str("");
    std::istringstream in;
    std::ostringstream out;
    Environment environment = {in, out, err_, false, false, clock_, rng_, {}};
    return RunTamga(arguments, environment);
  }
  int RunAsAnna(std::vector<std::string> arguments) {
    const std::vector<std::string> profile = {"--profile", Path("anna/anna.txtpb")};
    arguments.insert(arguments.begin(), profile.begin(), profile.end());
    return Run(arguments);
  }
  std::string err() const { return err_.str(); }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string Content(const std::string& name) const { return ReadFile(Path(name)).value_or(""); }
  bool IsThere(const std::string& name) const { return std::filesystem::exists(Path(name)); }

  // A token for the role at KAZ/customs, in the file "token".
  void MakeToken(const std::string& role = "node") {
    ASSERT_EQ(RunAsAnna({"pki", "token", "--agency", "KAZ/customs", "--role", role, "--out", Path("token"), "--force"}),
              0)
        << err();
  }
  std::vector<std::string> Enrolment(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {
        "pki",      "enrol",       "--authority-address", authority_->address(), "--roots", Path("kaz/root.pem"),
        "--agency", "KAZ/customs", "--certificate",       Path("new.pem")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  int EnrolInto(const std::string& key) {
    return Run(Enrolment({"--force", "--token-file", Path("token"), "--key", Path(key)}));
  }
  certs::Certificate Issued() const { return certs::ParsePemChain(Content("new.pem"))->front(); }

  const SystemClock clock_;
  const SystemUptime uptime_;
  SystemRng rng_;
  store::TestFolder folder_;
  std::ostringstream err_;
  std::unique_ptr<authority::Authority> authority_;
};

TEST_F(PkiAuthorityTest, WhatTheAuthorityRefusesNamesTheOptionThatWasTyped) {
  for (const auto& [agency, role] : {std::pair("KGZ/customs", "node"), std::pair("KAZ/issuing-authority", "node")}) {
    EXPECT_EQ(RunAsAnna({"pki", "token", "--agency", agency, "--role", role, "--out", Path("token")}), 2) << agency;
    EXPECT_THAT(err(), HasSubstr("--agency: "));
    EXPECT_THAT(err(), Not(HasSubstr("spiffe_id")));
  }
  EXPECT_EQ(RunAsAnna({"pki", "token", "--agency", "KAZ/customs", "--name", "Lane 7", "--out", Path("token")}), 2);
  EXPECT_THAT(err(), HasSubstr("--name: "));
}

TEST_F(PkiAuthorityTest, ARevocationSaysWhatBecameOfIt) {
  MakeToken();
  ASSERT_EQ(EnrolInto("new.key"), 0) << err();
  EXPECT_NE(RunAsAnna({"pki", "revoke", "--serial", "0a"}), 0);
  EXPECT_THAT(err(), HasSubstr("SERIAL_UNKNOWN"));
  EXPECT_THAT(err(), HasSubstr("--not-issued-here"));
  EXPECT_EQ(RunAsAnna({"pki", "revoke", "--serial", "0a", "--not-issued-here"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("Revoked 1 "));
  EXPECT_EQ(RunAsAnna({"pki", "revoke", "--serial", Issued().SerialHex()}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("Revoked 1 "));
  EXPECT_EQ(RunAsAnna({"pki", "revoke", "--serial", Issued().SerialHex()}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("Already revoked, since "));
  EXPECT_EQ(RunAsAnna({"pki", "revoke", "--key", HexEncode(Issued().SpkiSha256()), "--not-issued-here"}), 2);
  EXPECT_THAT(err(), HasSubstr("goes with --serial"));
}

TEST_F(PkiAuthorityTest, AKeyThatATokenIsNotGoodForIsRemoved) {
  MakeToken();
  ASSERT_EQ(EnrolInto("new.key"), 0) << err();
  EXPECT_NE(EnrolInto("other.key"), 0);
  EXPECT_THAT(err(), HasSubstr("TOKEN_USED"));
  EXPECT_THAT(err(), HasSubstr("removed"));
  EXPECT_FALSE(IsThere("other.key.next"));
}

TEST_F(PkiAuthorityTest, AKeyThatATokenMayBeGoodForIsKeptForTheNextAttempt) {
  ASSERT_OK(WriteFile(Path("token"), HexEncode(std::string(32, 't')), 0600));
  EXPECT_NE(EnrolInto("new.key"), 0);
  EXPECT_THAT(err(), HasSubstr("TOKEN_UNKNOWN"));
  EXPECT_THAT(err(), HasSubstr("new.key.next"));
  const std::string key = Content("new.key.next");
  ASSERT_NE(key, "");
  MakeToken();
  ASSERT_EQ(EnrolInto("new.key"), 0) << err();
  EXPECT_EQ(Content("new.key"), key);
  EXPECT_FALSE(IsThere("new.key.next"));
}

TEST_F(PkiAuthorityTest, AKeyInATokenIsEnrolledByARequest) {
  certs::TestToken token("tamga-test");
  const certs::EvpPkeyPtr key = certs::GenerateP256Key().value();
  token.Import("seal", *key);
  ASSERT_OK(WriteFile(Path("pin"), certs::kTestPin, 0600));
  MakeToken("seal");
  const std::vector<std::string> csr = {"pki",
                                        "csr",
                                        "--agency",
                                        "KAZ/customs",
                                        "--role",
                                        "seal",
                                        "--pkcs11-module",
                                        certs::kSoftHsm,
                                        "--pkcs11-token-label",
                                        "tamga-test",
                                        "--pkcs11-key-label",
                                        "seal",
                                        "--pkcs11-pin-file",
                                        Path("pin"),
                                        "--out",
                                        Path("seal.csr")};
  ASSERT_EQ(Run(csr), 0) << err();
  ASSERT_EQ(Run(Enrolment({"--role", "seal", "--token-file", Path("token"), "--csr", Path("seal.csr")})), 0) << err();
  EXPECT_EQ(Issued().Spki(), certs::SpkiOf(*key));
}

TEST_F(PkiAuthorityTest, ARequestThatWasMadeElsewhereIsEnrolledByATokenAlone) {
  const certs::EvpPkeyPtr key = certs::GenerateP256Key().value();
  ASSERT_OK(WriteFile(Path("made.key"), certs::WritePrivateKeyPem(*key).value(), 0600));
  ASSERT_EQ(Run({"pki", "csr", "--agency", "KAZ/customs", "--key", Path("made.key"), "--out", Path("made.csr")}), 0)
      << err();
  const std::string request = Path("made.csr");
  EXPECT_EQ(Run(Enrolment({"--csr", request})), 2);
  EXPECT_THAT(err(), HasSubstr("--token-file"));
  EXPECT_EQ(Run(Enrolment({"--csr", request, "--key", Path("made.key")})), 2);
  MakeToken();
  EXPECT_EQ(Run(Enrolment({"--name", "other", "--token-file", Path("token"), "--csr", request})), 2);
  EXPECT_THAT(err(), HasSubstr("--csr: is for spiffe://kaz.tamga/customs/node/main"));
  EXPECT_EQ(Run(Enrolment({"--token-file", Path("token"), "--csr", Path("made.key")})), 2);
  EXPECT_THAT(err(), HasSubstr("--csr"));
  ASSERT_EQ(Run(Enrolment({"--token-file", Path("token"), "--csr", request})), 0) << err();
  EXPECT_EQ(Issued().Spki(), certs::SpkiOf(*key));
  EXPECT_FALSE(IsThere("made.key.next"));
}

TEST_F(PkiAuthorityTest, ARequestSaysWhereItsKeyIsOnce) {
  const auto csr = [&](const std::vector<std::string>& key) {
    std::vector<std::string> arguments = {"pki", "csr", "--agency", "KAZ/customs", "--out", Path("x.csr")};
    arguments.insert(arguments.end(), key.begin(), key.end());
    return Run(arguments);
  };
  EXPECT_EQ(csr({}), 2);
  EXPECT_THAT(err(), HasSubstr("by one of"));
  EXPECT_EQ(csr({"--key", Path("kaz/issuing.key"), "--signer-socket", Path("s")}), 2);
  EXPECT_THAT(err(), HasSubstr("by one of"));
  EXPECT_EQ(csr({"--pkcs11-module", certs::kSoftHsm}), 2);
  EXPECT_THAT(err(), HasSubstr("pkcs11.token_label"));
  EXPECT_EQ(csr({"--signer-socket", Path("s")}), 2);
  EXPECT_THAT(err(), HasSubstr("--role"));
}

}  // namespace
}  // namespace tamga::cli
