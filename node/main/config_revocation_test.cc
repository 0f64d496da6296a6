#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "certs/crl.h"
#include "certs/p256.h"
#include "certs/pem.h"
#include "certs/test_crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string IssuingPem(const std::string& state) { return AuthorityOf(state).Save()->issuing_pem; }

// A list of the State's issuing authority, from an hour before the test's now.
std::string ListPem(const std::string& state, const std::vector<certs::Certificate>& revoked = {}) {
  const certs::StateAuthority::Files files = AuthorityOf(state).Save().value();
  const certs::Issued issuer = {certs::ParsePemChain(files.issuing_pem)->front(),
                                certs::ParsePrivateKeyPem(files.issuing_key_pem).value()};
  certs::CrlOptions options;
  options.revoked = revoked;
  options.this_update = TestNow() - absl::Hours(1);
  options.next_update = TestNow() + absl::Hours(24);
  return certs::WritePem("X509 CRL", certs::IssueCrlDer(options, issuer));
}

TEST(RevocationConfigTest, WithoutASettingNoListIsRequiredAndTheDefaultsHold) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_FALSE(setup.revocation.rules.required);
  EXPECT_TRUE(setup.revocation.rules.listed.empty());
  EXPECT_EQ(setup.revocation.rules.stale_after, absl::Hours(72));
  EXPECT_EQ(setup.revocation.refresh, absl::Minutes(5));
}

TEST(RevocationConfigTest, AStateWithAFileHasToHaveListsAndPathsAreRelative) {
  TestNode node;
  node.Write("kgz.crl", ListPem("KGZ") + IssuingPem("KGZ"));
  node.config.mutable_trust_bundles(1)->add_crl_files("kgz.crl");
  node.config.mutable_revocation()->set_stale_after_s(7200);
  node.config.mutable_revocation()->set_refresh_s(1);
  node.config.mutable_revocation()->set_required(true);
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_TRUE(setup.revocation.rules.required);
  EXPECT_THAT(setup.revocation.rules.listed, ElementsAre("KGZ"));
  EXPECT_EQ(setup.revocation.rules.stale_after, absl::Hours(2));
  EXPECT_EQ(setup.revocation.refresh, absl::Seconds(1));
  ASSERT_EQ(setup.revocation.files.size(), 1u);
  EXPECT_EQ(setup.revocation.files[0].state, "KGZ");
  EXPECT_EQ(setup.revocation.files[0].path, node.Path("kgz.crl"));
}

TEST(RevocationConfigTest, TheOwnIssuersCertificateNeedNotBeInTheFile) {
  TestNode node;
  node.Write("kaz.crl", ListPem("KAZ"));
  node.config.mutable_trust_bundles(0)->add_crl_files("kaz.crl");
  EXPECT_OK(LoadNodeSetup(node.WriteConfig(), TestNow()));
}

TEST(RevocationConfigTest, AnOwnCertificateThatAListRevokesIsAMistakeThatSaysWhatToDo) {
  for (const std::string name : {"tls", "seal"}) {
    TestNode node;
    const certs::Certificate own = certs::ParsePemChain(node.Read(name + ".pem"))->front();
    node.Write("kaz.crl", ListPem("KAZ", {own}));
    node.config.mutable_trust_bundles(0)->add_crl_files("kaz.crl");
    EXPECT_THAT(LoadNodeSetup(node.WriteConfig(), TestNow()).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(StartsWith(name + ".certificate_file: "), HasSubstr("CERT_REVOKED"),
                               HasSubstr("tamga pki enrol --force"))));
  }
}

struct Spoilt {
  const char* name;
  std::function<void(TestNode&)> spoil;
  const char* field;
  const char* fix;
};

class SpoiltRevocationTest : public ::testing::TestWithParam<Spoilt> {};

TEST_P(SpoiltRevocationTest, IsToldWhichFieldIsWrongAndHowToMendIt) {
  TestNode node;
  GetParam().spoil(node);
  const absl::Status status = LoadNodeSetup(node.WriteConfig(), TestNow()).status();
  EXPECT_THAT(status, HasReason("CONFIG_INVALID"));
  const std::vector<std::string> lines = absl::StrSplit(status.message(), '\n');
  EXPECT_THAT(lines, ElementsAre(AllOf(StartsWith(GetParam().field), HasSubstr(GetParam().fix))));
}

const Spoilt kSpoilt[] = {
    {"StaleTooSoon", [](TestNode& n) { n.config.mutable_revocation()->set_stale_after_s(60); },
     "revocation.stale_after_s: ", "must be 3600 to 31536000"},
    {"RefreshTooSeldom", [](TestNode& n) { n.config.mutable_revocation()->set_refresh_s(86'401); },
     "revocation.refresh_s: ", "must be 1 to 86400"},
    {"FileMissing", [](TestNode& n) { n.config.mutable_trust_bundles(1)->add_crl_files("none.crl"); },
     "trust_bundles[1].crl_files[0]: ", "put it there or correct the path"},
    {"NoList",
     [](TestNode& n) {
       n.Write("kgz.crl", IssuingPem("KGZ"));
       n.config.mutable_trust_bundles(1)->add_crl_files("kgz.crl");
     },
     "trust_bundles[1].crl_files[0]: ", "ask the State's authority"},
    {"IssuerMissing",
     [](TestNode& n) {
       n.Write("kgz.crl", ListPem("KGZ"));
       n.config.mutable_trust_bundles(1)->add_crl_files("kgz.crl");
     },
     "trust_bundles[1].crl_files[0]: ", "put that into the file as well"},
};

INSTANTIATE_TEST_SUITE_P(Revocation, SpoiltRevocationTest, ::testing::ValuesIn(kSpoilt),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tamga::node
