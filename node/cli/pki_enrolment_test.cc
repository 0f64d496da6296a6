#include "certs/issuing_authority.h"
#include "certs/revocations.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

class PkiEnrolmentTest : public CliTest {
 protected:
  void SetUp() override { MakePki(); }

  std::string Content(const std::string& name) { return ReadFile(Path(name)).value_or(""); }
  // Signs a list of KAZ's root into root.crl.pem.
  int RootList(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"pki",   "root-revocations",  "--authority", Path("kaz"),
                                          "--out", Path("root.crl.pem")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  std::vector<std::string> Enrolment(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "pki",      "enrol",       "--authority-address", "127.0.0.1:1",   "--roots", Path("kaz/root.pem"),
        "--agency", "KAZ/customs", "--certificate",       Path("new.pem"), "--key",   Path("new.key")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(PkiEnrolmentTest, AnIssuingAuthorityIsMadeWithoutTheRootsKey) {
  ASSERT_EQ(Run({"pki", "issuing-authority", "--authority", Path("kaz"), "--out", Path("issuing")}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> keys, ListFolder(Path("issuing"), ".key"));
  EXPECT_THAT(keys, ::testing::ElementsAre("issuing.key"));
  EXPECT_NE(Content("issuing/issuing.key"), Content("kaz/issuing.key"));
  ASSERT_OK_AND_ASSIGN(const certs::IssuingAuthority issuing,
                       certs::IssuingAuthority::Load("KAZ", Content("kaz/root.pem"), Content("issuing/issuing.pem"),
                                                     Content("issuing/issuing.key")));
  SystemRng rng;
  ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate issued,
                       issuing.Issue({"KAZ/customs", certs::Role::kNode, "main"}, absl::Hours(1), clock_.Now(), rng));
  ASSERT_OK_AND_ASSIGN(const certs::TrustStore trust, certs::TrustStore::Build({{"KAZ", Content("kaz/root.pem")}}));
  ASSERT_OK_AND_ASSIGN(const certs::CertificateChain chain, certs::ParsePemChain(issued.chain_pem));
  EXPECT_OK(trust.Verify(chain, certs::Usage::kTlsServer, clock_.Now()));
}

TEST_F(PkiEnrolmentTest, WhoAsksForATokenOrARevocationSaysWho) {
  EXPECT_EQ(Run({"pki", "token", "--agency", "KAZ/customs", "--out", Path("token")}), 2);
  EXPECT_THAT(err(), HasSubstr("NO_PROFILE"));
  EXPECT_EQ(Run({"pki", "token", "--agency", "KAZ/customs", "--role", "king", "--out", Path("token")}), 2);
  EXPECT_THAT(err(), HasSubstr("--role"));
  EXPECT_EQ(Run({"pki", "token", "--agency", "KAZ/customs", "--valid-for", "8d", "--out", Path("token")}), 2);
  EXPECT_THAT(err(), HasSubstr("--valid-for"));
  EXPECT_EQ(Run({"pki", "revoke"}), 2);
  EXPECT_EQ(Run({"pki", "revoke", "--serial", "0a", "--key", "0b"}), 2);
  EXPECT_THAT(err(), HasSubstr("either --serial or --key"));
}

TEST_F(PkiEnrolmentTest, EveryRoleMayHaveAToken) {
  for (const char* role :
       {"node", "seal", "system", "officer", "treaty-officer", "protection-officer", "auditor", "operator"}) {
    EXPECT_EQ(Run({"pki", "token", "--agency", "KAZ/customs", "--role", role, "--out", Path("token")}), 2);
    EXPECT_THAT(err(), HasSubstr("NO_PROFILE")) << role;
  }
}

TEST_F(PkiEnrolmentTest, TheRootsListRevokesAnIssuingAuthorityWithAllThatItIssued) {
  ASSERT_OK_AND_ASSIGN(const certs::CertificateChain chain, certs::ParsePemChain(Content("node/tls.pem")));
  ASSERT_OK_AND_ASSIGN(const certs::CertificateChain root, certs::ParsePemChain(Content("kaz/root.pem")));
  certs::Revocations lists;
  const certs::RevocationBounds bounds{clock_.Now(), absl::ZeroDuration()};
  ASSERT_EQ(Run({"pki", "root-revocations", "--authority", Path("kaz"), "--first", "--out", Path("root.crl.pem")}), 0)
      << err();
  ASSERT_OK_AND_ASSIGN(const certs::Crl empty, certs::Crl::FromPem(Content("root.crl.pem")));
  ASSERT_OK(lists.Add("KAZ", empty, root.front()));
  EXPECT_OK(lists.Check("KAZ", chain[1], root.front(), bounds));
  EXPECT_EQ(empty.NextUpdate(), clock_.Now() + absl::Hours(24 * 180));

  certs::Revocations later;
  ASSERT_EQ(RootList({"--former", Path("root.crl.pem"), "--revoked-serial", chain[1].SerialHex(), "--days", "30"}), 0)
      << err();
  ASSERT_OK_AND_ASSIGN(const certs::Crl list, certs::Crl::FromPem(Content("root.crl.pem")));
  ASSERT_OK(later.Add("KAZ", list, root.front()));
  EXPECT_THAT(later.Check("KAZ", chain[1], root.front(), bounds), HasReason("CERT_REVOKED"));
  for (const char* bad : {"XY", "00", "000a", "0A"}) {
    EXPECT_EQ(RootList({"--former", Path("root.crl.pem"), "--revoked-serial", bad}), 2) << bad;
    EXPECT_THAT(err(), HasSubstr("--revoked-serial")) << bad;
  }
}

TEST_F(PkiEnrolmentTest, ALaterListOfTheRootRevokesWhatTheFormerDidAndHasAHigherNumber) {
  ASSERT_EQ(RootList({"--first", "--revoked-serial", "0a"}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const certs::Crl first, certs::Crl::FromPem(Content("root.crl.pem")));
  // The clock stands still: all within one second.
  ASSERT_EQ(RootList({"--former", Path("root.crl.pem")}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const certs::Crl second, certs::Crl::FromPem(Content("root.crl.pem")));
  ASSERT_EQ(RootList({"--former", Path("root.crl.pem"), "--revoked-serial", "0b", "--revoked-serial", "0a"}), 0)
      << err();
  ASSERT_OK_AND_ASSIGN(const certs::Crl third, certs::Crl::FromPem(Content("root.crl.pem")));
  EXPECT_TRUE(first.IsOlderThan(second));
  EXPECT_TRUE(second.IsOlderThan(third));
  EXPECT_EQ(second.Entries().size(), 1u);
  ASSERT_EQ(third.Entries().size(), 2u);
  EXPECT_EQ(third.Entries()[0].serial_hex, "0a");
  EXPECT_EQ(third.Entries()[1].serial_hex, "0b");
}

TEST_F(PkiEnrolmentTest, AListOfTheRootIsNotSignedWithoutTheFormerOne) {
  EXPECT_EQ(RootList({}), 2);
  EXPECT_THAT(err(), HasSubstr("--former"));
  ASSERT_EQ(RootList({"--first"}), 0) << err();
  const std::string list = Content("root.crl.pem");
  EXPECT_EQ(RootList({"--first", "--former", Path("root.crl.pem")}), 2);
  EXPECT_EQ(RootList({"--first"}), 2);  // there is one
  EXPECT_THAT(err(), HasSubstr("--first"));
  ASSERT_EQ(Run({"pki", "state", "--state", "KGZ", "--out", Path("kgz")}), 0) << err();
  ASSERT_EQ(Run({"pki", "root-revocations", "--authority", Path("kgz"), "--first", "--out", Path("kgz.crl.pem")}), 0)
      << err();
  EXPECT_EQ(RootList({"--former", Path("kgz.crl.pem")}), 2);
  EXPECT_THAT(err(), HasSubstr("not a list of this root"));
  EXPECT_EQ(RootList({"--former", Path("kaz/root.pem")}), 2);
  EXPECT_THAT(err(), HasSubstr("--former"));
  EXPECT_EQ(Content("root.crl.pem"), list);
}

TEST_F(PkiEnrolmentTest, AnAttemptThatFoundNobodyIsMadeAgainWithTheSameKey) {
  ASSERT_OK(WriteFile(Path("token"), HexEncode(std::string(32, 't')) + "\n", 0600));
  EXPECT_EQ(Run(Enrolment({"--token-file", Path("token")})), 3) << err();
  const std::string key = Content("new.key.next");
  EXPECT_NE(key, "");
  EXPECT_EQ(Run(Enrolment({"--token-file", Path("token")})), 3) << err();
  EXPECT_EQ(Content("new.key.next"), key);
  EXPECT_EQ(Content("new.pem"), "");
}

TEST_F(PkiEnrolmentTest, WrongFilesAreRefusedBeforeAnybodyIsAsked) {
  ASSERT_OK(WriteFile(Path("token"), "not a token", 0600));
  EXPECT_EQ(Run(Enrolment({"--token-file", Path("token")})), 2);
  EXPECT_THAT(err(), HasSubstr("--token-file"));
  ASSERT_OK(WriteFile(Path("new.pem"), Content("node/tls.pem")));
  ASSERT_OK(WriteFile(Path("new.key"), Content("node/tls.key"), 0600));
  EXPECT_EQ(Run(Enrolment({})), 2);
  EXPECT_THAT(err(), HasSubstr("is of spiffe://kaz.tamga/border-service/node/main"));
  ASSERT_OK(WriteFile(Path("token"), HexEncode(std::string(32, 't')), 0600));
  EXPECT_EQ(Run(Enrolment({"--token-file", Path("token")})), 2);
  EXPECT_THAT(err(), HasSubstr("FILE_EXISTS"));
}

}  // namespace
}  // namespace tamga::cli
