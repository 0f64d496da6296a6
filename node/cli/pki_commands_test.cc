#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "certs/ed25519.h"
#include "certs/seal.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/profile.h"
#include "node/cli/test_cli.h"
#include "node/ledger/note.h"
#include "policy/treaty_document.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PkiCommandsTest : public CliTest {
 protected:
  void SetUp() override { MakePki(); }

  std::string Content(const std::string& name) {
    const absl::StatusOr<std::string> content = ReadFile(Path(name));
    EXPECT_OK(content);
    return content.value_or("");
  }

  absl::StatusOr<certs::Vouched> Vouch(const std::string& name, certs::Usage usage) {
    const auto store = certs::TrustStore::Build({{"KAZ", Content("kaz/root.pem")}});
    if (!store.ok()) return store.status();
    const auto chain = certs::ParsePemChain(Content(name));
    if (!chain.ok()) return chain.status();
    return store->Vouch(*chain, usage, clock_.Now());
  }
};

TEST_F(PkiCommandsTest, ARootsEntryGoesAsItIsIntoAnActThatChangesRoots) {
  ASSERT_EQ(
      Run({"pki", "root-entry", "--state", "KAZ", "--root", Path("kaz/root.pem"), "--root-key", Path("kaz/root.key")}),
      0)
      << err();
  const std::string act =
      absl::StrCat("state: \"KAZ\" effective_on: \"2026-11-01\" citation: \"Gazette 1\" change_roots { ", out(), " }");
  EXPECT_OK(policy::ReadInstrument(act, "act"));
  EXPECT_EQ(Run({"pki", "root-entry", "--state", "KAZ", "--root", Path("kaz/root.pem"), "--root-key",
                 Path("kaz/issuing.key")}),
            2);
  EXPECT_THAT(err(), HasSubstr("--root-key"));
  EXPECT_NE(
      Run({"pki", "root-entry", "--state", "KGZ", "--root", Path("kaz/root.pem"), "--root-key", Path("kaz/root.key")}),
      0);
}

TEST_F(PkiCommandsTest, CertificatesVerifyUnderTheStatesRootInTheirRole) {
  ASSERT_OK_AND_ASSIGN(const auto node, Vouch("node/tls.pem", certs::Usage::kTlsServer));
  EXPECT_EQ(node.principal.SpiffeId(), "spiffe://kaz.tamga/border-service/node/main");
  ASSERT_OK_AND_ASSIGN(const auto seal, Vouch("node/seal.pem", certs::Usage::kSeal));
  EXPECT_EQ(seal.principal.role, certs::Role::kSeal);
  ASSERT_OK_AND_ASSIGN(const auto system, Vouch("lane-7/lane-7.pem", certs::Usage::kTlsClient));
  EXPECT_EQ(system.principal.SpiffeId(), "spiffe://kaz.tamga/border-service/system/lane-7");
  EXPECT_THAT(Vouch("lane-7/lane-7.pem", certs::Usage::kTlsServer), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(PkiCommandsTest, EveryRoleOfCallersCanBeIssued) {
  for (const char* role : {"system", "officer", "treaty-officer", "protection-officer", "auditor", "operator"}) {
    ASSERT_EQ(Run({"pki", role, "--authority", Path("kaz"), "--agency", "KAZ/border-service", "--name", "n-1", "--out",
                   Path(role)}),
              0)
        << err();
    ASSERT_OK_AND_ASSIGN(const auto vouched, Vouch(std::string(role) + "/n-1.pem", certs::Usage::kTlsClient));
    EXPECT_EQ(certs::RoleName(vouched.principal.role), role);
  }
}

TEST_F(PkiCommandsTest, OnlyTheOwnerMayReadSecrets) {
  for (const char* name : {"kaz/root.key", "kaz/issuing.key", "node/tls.key", "node/seal.key", "node/log.key",
                           "node/witness.key", "node/vault.key", "lane-7/lane-7.key"}) {
    struct stat info = {};
    ASSERT_EQ(::stat(Path(name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(PkiCommandsTest, TheLogsPublicKeyBelongsToItsSecretOne) {
  const std::string seed_line = Content("node/log.key");
  ASSERT_EQ(seed_line.size(), 65u);
  ASSERT_OK_AND_ASSIGN(const std::string seed, HexDecode(seed_line.substr(0, 64)));
  ASSERT_OK_AND_ASSIGN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
  EXPECT_EQ(Content("node/log.origin"), "log.border-service.kaz.tamga\n");
  EXPECT_EQ(Content("node/log.vkey"), ledger::FormatVkey({"log.border-service.kaz.tamga", key.public_key()}) + "\n");
  EXPECT_NE(Content("node/vault.key"), seed_line);
}

TEST_F(PkiCommandsTest, RefusesToOverwriteUnlessForced) {
  const std::string before = Content("kaz/root.key");
  EXPECT_EQ(Run({"pki", "state", "--state", "KAZ", "--out", Path("kaz")}), 2);
  EXPECT_THAT(err(), HasSubstr("FILE_EXISTS"));
  EXPECT_EQ(Content("kaz/root.key"), before);
  EXPECT_EQ(Run({"pki", "state", "--state", "KAZ", "--out", Path("kaz"), "--force"}), 0);
  EXPECT_NE(Content("kaz/root.key"), before);
}

TEST_F(PkiCommandsTest, ACertificateLastsForTheDaysAskedFor) {
  ASSERT_EQ(Run({"pki", "system", "--authority", Path("kaz"), "--agency", "KAZ/border-service", "--name", "lane-8",
                 "--days", "3", "--out", Path("short")}),
            0);
  ASSERT_OK_AND_ASSIGN(const auto vouched, Vouch("short/lane-8.pem", certs::Usage::kTlsClient));
  EXPECT_EQ(vouched.validity.not_after, clock_.Now() + absl::Hours(72));
}

TEST_F(PkiCommandsTest, RefusesAgenciesOfOtherStatesAndBadNames) {
  for (const auto& [agency, name] : {std::pair("KGZ/interior-ministry", "lane-7"),
                                     std::pair("KAZ/border-service", "A B"), std::pair("border-service", "lane-7")}) {
    EXPECT_EQ(
        Run({"pki", "system", "--authority", Path("kaz"), "--agency", agency, "--name", name, "--out", Path("bad")}), 2)
        << agency << " " << name;
  }
  EXPECT_EQ(Run({"pki", "node", "--authority", Path("kaz"), "--agency", "border-service", "--out", Path("bad")}), 2);
  EXPECT_EQ(Run({"pki", "state", "--state", "kaz", "--out", Path("bad")}), 2);
  EXPECT_EQ(Run({"pki", "system", "--authority", Path("none"), "--agency", "KAZ/border-service", "--name", "a", "--out",
                 Path("bad")}),
            2);
}

TEST_F(PkiCommandsTest, WritesAProfileThatLoads) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, LoadProfile(Path("lane-7/lane-7.txtpb")));
  EXPECT_EQ(profile.node_address, "127.0.0.1:1");
  EXPECT_EQ(profile.node_agency, "KAZ/border-service");
  EXPECT_EQ(profile.caller.SpiffeId(), "spiffe://kaz.tamga/border-service/system/lane-7");
  EXPECT_TRUE(profile.trust->Get()->Knows("KAZ"));
}

TEST_F(PkiCommandsTest, AnAuditorsProfileIsForTheNodeThatHeAuditsNotForOneOfHisOwnAgency) {
  const auto issue = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "pki",    "auditor", "--authority",    Path("kaz"),   "--agency", "KAZ/prosecutor-general",
        "--name", "a-1",     "--node-address", "127.0.0.1:1", "--out",    Path("auditor")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  EXPECT_EQ(issue({}), 2);
  EXPECT_THAT(err(), HasSubstr("--node-address needs --node-agency"));
  EXPECT_EQ(issue({"--node-agency", "KGZ/interior-ministry"}), 2);
  EXPECT_THAT(err(), HasSubstr("use `tamga node profile`"));
  ASSERT_EQ(issue({"--node-agency", "KAZ/border-service"}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const Profile profile, LoadProfile(Path("auditor/a-1.txtpb")));
  EXPECT_EQ(profile.node_agency, "KAZ/border-service");
  EXPECT_EQ(profile.caller.SpiffeId(), "spiffe://kaz.tamga/prosecutor-general/auditor/a-1");
}

TEST_F(PkiCommandsTest, ShowsWhatAFileOfCertificatesSays) {
  ASSERT_EQ(Run({"pki", "show", Path("node/tls.pem")}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("spiffe://kaz.tamga/border-service/node/main"));
  EXPECT_THAT(out(), HasSubstr("TLS client, TLS server"));
  EXPECT_THAT(out(), HasSubstr("Tamga issuing authority"));
  EXPECT_THAT(out(), HasSubstr("2026-11-30T12:00:00"));  // 7 days
  ASSERT_EQ(Run({"--output", "json", "pki", "show", Path("node/seal.pem")}), 0);
  EXPECT_THAT(out(), HasSubstr("\"usage\": \"seals messages\""));
}

TEST_F(PkiCommandsTest, ShowRefusesWhatIsNoCertificate) {
  EXPECT_EQ(Run({"pki", "show", Path("node/tls.key")}), 2);
  EXPECT_THAT(out(), IsEmpty());
}

}  // namespace
}  // namespace tamga::cli
