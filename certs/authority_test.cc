#include "certs/authority.h"

#include <set>

#include "certs/certificate_builder.h"
#include "certs/name_constraints.h"
#include "certs/p256.h"
#include "certs/signer.h"
#include "certs/test_certificates.h"
#include "certs/trust_store.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kDay = absl::Hours(24);

struct AuthorityTest : public ::testing::Test {
  StateAuthority Create() { return StateAuthority::Create("KAZ", TestNow(), rng).value(); }

  SystemRng rng;
  const Principal system{"KAZ/border-service", Role::kSystem, "lane-7"};
};

TEST_F(AuthorityTest, WhatItIssuesIsTrustedForEveryRole) {
  const StateAuthority authority = Create();
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", authority.RootPem()}}));
  const std::pair<Role, Usage> uses[] = {{Role::kNode, Usage::kTlsServer},
                                         {Role::kNode, Usage::kTlsClient},
                                         {Role::kSeal, Usage::kSeal},
                                         {Role::kSystem, Usage::kTlsClient},
                                         {Role::kOfficer, Usage::kTlsClient},
                                         {Role::kTreatyOfficer, Usage::kTlsClient},
                                         {Role::kProtectionOfficer, Usage::kTlsClient},
                                         {Role::kAuditor, Usage::kTlsClient},
                                         {Role::kOperator, Usage::kTlsClient}};
  for (const auto& [role, usage] : uses) {
    const Principal principal = {"KAZ/border-service", role, "main"};
    ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued,
                         authority.Issue(principal, DefaultLifetime(role), TestNow(), rng));
    ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(issued.chain_pem));
    ASSERT_EQ(chain.size(), 2u);
    ASSERT_OK_AND_ASSIGN(const auto signer, P256Signer::FromPem(issued.key_pem));
    EXPECT_EQ(signer->key_id(), chain.front().SpkiSha256());
    for (const absl::Time now : {TestNow() - absl::Minutes(5), TestNow(), TestNow() + DefaultLifetime(role)}) {
      ASSERT_OK_AND_ASSIGN(const Principal verified, trust.Verify(chain, usage, now));
      EXPECT_EQ(verified, principal);
    }
    EXPECT_THAT(trust.Verify(chain, usage, TestNow() - absl::Minutes(5) - absl::Seconds(1)),
                HasReason("CERT_NOT_YET_VALID"));
    EXPECT_THAT(trust.Verify(chain, usage, TestNow() + DefaultLifetime(role) + absl::Seconds(1)),
                HasReason("CERT_EXPIRED"));
  }
}

TEST_F(AuthorityTest, ANodeHasItsDnsNameAndAServerOfAnotherNameIsNotIt) {
  const StateAuthority authority = Create();
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued,
                       authority.Issue({"KAZ/border-service", Role::kNode, "main"}, kDay, TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(issued.chain_pem));
  const auto has_name = [&](const char* name) {
    return X509_check_host(chain.front().native(), name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  };
  EXPECT_TRUE(has_name("border-service.kaz.tamga"));
  EXPECT_FALSE(has_name("customs.kaz.tamga"));
  EXPECT_FALSE(has_name("localhost"));
}

TEST_F(AuthorityTest, ItsRootMayNotGiveNamesOfOthersOrAddresses) {
  SystemRng system_rng;
  ASSERT_OK_AND_ASSIGN(const StateAuthority::Files files, Create().Save());
  ASSERT_OK_AND_ASSIGN(const CertificateChain root, ParsePemChain(files.root_pem));
  ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr root_key, ParsePrivateKeyPem(files.root_key_pem));
  const auto check = [&](const std::string& names) {
    const CertificateSpec spec = {"Somebody", "", TestNow(), TestNow() + kDay, {{NID_subject_alt_name, names}}};
    const Certificate leaf = BuildCertificate(spec, *root_key, &root.front(), *root_key, system_rng).value();
    return CheckNameConstraints({leaf, root.front()});
  };
  for (const char* good : {"URI:spiffe://kaz.tamga/a", "DNS:log.kaz.tamga", "email:a@kaz.tamga"}) {
    EXPECT_OK(check(good)) << good;
  }
  for (const char* bad :
       {"URI:spiffe://kgz.tamga/a", "DNS:kgz.tamga", "email:a@kgz.tamga", "IP:192.0.2.1", "IP:2001:db8::1"}) {
    EXPECT_THAT(check(bad), HasReason("CERT_NAME_CONSTRAINT")) << bad;
  }
}

TEST_F(AuthorityTest, SerialNumbersAndKeysAreNeverTheSame) {
  const StateAuthority authority = Create();
  std::set<std::string> serials;
  std::set<std::string> keys;
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued, authority.Issue(system, kDay, TestNow(), rng));
    ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(issued.chain_pem));
    serials.insert(chain.front().SerialHex());
    keys.insert(chain.front().SpkiSha256());
  }
  EXPECT_EQ(serials.size(), 20u);
  EXPECT_EQ(keys.size(), 20u);
}

TEST_F(AuthorityTest, RefusesWhomItCannotName) {
  const StateAuthority authority = Create();
  const Principal others[] = {{"KGZ/border-service", Role::kSystem, "lane-7"},
                              {"KAZ/Border", Role::kSystem, "lane-7"},
                              {"KAZ/border-service", Role::kSystem, "lane 7"},
                              {"KAZ/border-service", Role::kSystem, "x,DNS:evil"},
                              {"KAZ/border-service", Role::kSystem, ""},
                              {"KAZ", Role::kSystem, "lane-7"},
                              {"", Role::kSystem, "lane-7"}};
  for (const Principal& other : others) {
    EXPECT_THAT(authority.Issue(other, kDay, TestNow(), rng), StatusIs(absl::StatusCode::kInvalidArgument))
        << other.agency << " " << other.name;
  }
  for (const absl::string_view state : {"", "KA", "kaz", "KAZZ", "K1Z"}) {
    EXPECT_THAT(StateAuthority::Create(state, TestNow(), rng), StatusIs(absl::StatusCode::kInvalidArgument)) << state;
  }
}

TEST_F(AuthorityTest, NothingOutlivesItsIssuerUntilThatIsRenewed) {
  StateAuthority authority = Create();
  const absl::Time later = TestNow() + 700 * kDay;
  EXPECT_THAT(authority.Issue(system, absl::ZeroDuration(), TestNow(), rng),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(authority.Issue(system, 90 * kDay, later, rng),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("renew")));
  ASSERT_OK(authority.RenewIssuing(later, rng));
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued, authority.Issue(system, 90 * kDay, later, rng));
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", authority.RootPem()}}));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(issued.chain_pem));
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, later));
}

TEST_F(AuthorityTest, IsTheSameAuthorityAfterSavingAndLoading) {
  const StateAuthority authority = Create();
  ASSERT_OK_AND_ASSIGN(const StateAuthority::Files files, authority.Save());
  ASSERT_OK_AND_ASSIGN(const StateAuthority loaded, StateAuthority::Load(files));
  EXPECT_EQ(loaded.state(), "KAZ");
  EXPECT_EQ(loaded.RootPem(), authority.RootPem());
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued, loaded.Issue(system, kDay, TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", authority.RootPem()}}));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(issued.chain_pem));
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, TestNow()));
}

TEST_F(AuthorityTest, FilesThatDoNotBelongTogetherAreRefused) {
  ASSERT_OK_AND_ASSIGN(const StateAuthority::Files files, Create().Save());
  ASSERT_OK_AND_ASSIGN(const StateAuthority::Files others, Create().Save());
  for (const auto part : {&StateAuthority::Files::root_pem, &StateAuthority::Files::root_key_pem,
                          &StateAuthority::Files::issuing_pem, &StateAuthority::Files::issuing_key_pem}) {
    StateAuthority::Files mixed = files;
    mixed.*part = others.*part;
    EXPECT_THAT(StateAuthority::Load(mixed), StatusIs(absl::StatusCode::kInvalidArgument));
    mixed.*part = "";
    EXPECT_THAT(StateAuthority::Load(mixed), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  StateAuthority::Files foreign_issuer = files;
  foreign_issuer.issuing_pem = others.issuing_pem;
  foreign_issuer.issuing_key_pem = others.issuing_key_pem;
  EXPECT_THAT(StateAuthority::Load(foreign_issuer), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
