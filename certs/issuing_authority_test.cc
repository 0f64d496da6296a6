#include "certs/issuing_authority.h"

#include "certs/authority.h"
#include "certs/name_constraints.h"
#include "certs/p256.h"
#include "certs/revocations.h"
#include "certs/test_certificates.h"
#include "certs/trust_store.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

struct IssuingAuthorityTest : public ::testing::Test {
  Csr RequestFor(const Principal& principal) const { return Csr::FromDer(MakeCsr(principal, *key).value()).value(); }

  SystemRng rng;
  const StateAuthority state = StateAuthority::Create("KAZ", TestNow(), rng).value();
  const StateAuthority::Files files = state.Save().value();
  const EvpPkeyPtr key = GenerateP256Key().value();
  const Principal node{"KAZ/border-service", Role::kNode, "main"};
};

TEST_F(IssuingAuthorityTest, IssuesForTheRequestsKeyWithoutTheRootsKey) {
  ASSERT_OK_AND_ASSIGN(const IssuingAuthority issuing,
                       IssuingAuthority::Load("KAZ", files.root_pem, files.issuing_pem, files.issuing_key_pem));
  ASSERT_OK_AND_ASSIGN(const std::string pem, issuing.IssueFor(RequestFor(node), absl::Hours(1), TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(pem));
  EXPECT_EQ(chain.front().Spki(), SpkiOf(*key));
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", files.root_pem}}));
  EXPECT_THAT(trust.Verify(chain, Usage::kTlsServer, TestNow()), IsOk());
  EXPECT_EQ(*trust.Verify(chain, Usage::kTlsClient, TestNow()), node);
}

TEST_F(IssuingAuthorityTest, AnotherStatesRequestIsRefused) {
  EXPECT_THAT(
      state.issuing().IssueFor(RequestFor({"KGZ/border-service", Role::kNode, "main"}), absl::Hours(1), TestNow(), rng),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(IssuingAuthorityTest, PartsThatDoNotBelongTogetherAreRefused) {
  ASSERT_OK_AND_ASSIGN(const StateAuthority other, StateAuthority::Create("KAZ", TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const StateAuthority::Files others, other.Save());
  const auto load = [](const std::string& name, const std::string& root, const std::string& certificate,
                       const std::string& key_pem) {
    return IssuingAuthority::Load(name, root, certificate, key_pem).status();
  };
  EXPECT_OK(load("KAZ", files.root_pem, files.issuing_pem, files.issuing_key_pem));
  EXPECT_FALSE(load("KGZ", files.root_pem, files.issuing_pem, files.issuing_key_pem).ok());
  EXPECT_FALSE(load("KAZ", others.root_pem, files.issuing_pem, files.issuing_key_pem).ok());
  EXPECT_FALSE(load("KAZ", files.root_pem, others.issuing_pem, files.issuing_key_pem).ok());
  EXPECT_FALSE(load("KAZ", files.root_pem, files.issuing_pem, others.issuing_key_pem).ok());
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate leaf, state.Issue(node, absl::Hours(1), TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(leaf.chain_pem));
  EXPECT_FALSE(load("KAZ", files.root_pem, chain.front().Pem(), leaf.key_pem).ok());
}

TEST_F(IssuingAuthorityTest, ItsListsSayWhomItRevoked) {
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate leaf, state.Issue(node, absl::Hours(1), TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(leaf.chain_pem));
  const IssuingAuthority& issuing = state.issuing();
  ASSERT_OK_AND_ASSIGN(const Crl before, issuing.IssueCrl({{}, 1, TestNow(), TestNow() + absl::Hours(72)}));
  ASSERT_OK_AND_ASSIGN(
      const Crl after,
      issuing.IssueCrl({{{chain.front().SerialHex(), TestNow()}}, 2, TestNow(), TestNow() + absl::Hours(72)}));
  Revocations revocations;
  ASSERT_OK(revocations.Add("KAZ", before, issuing.certificate()));
  const RevocationBounds bounds{TestNow(), absl::ZeroDuration()};
  EXPECT_OK(revocations.Check("KAZ", chain.front(), issuing.certificate(), bounds));
  ASSERT_OK(revocations.Add("KAZ", after, issuing.certificate()));
  EXPECT_THAT(revocations.Check("KAZ", chain.front(), issuing.certificate(), bounds), HasReason("CERT_REVOKED"));
}

TEST_F(IssuingAuthorityTest, ItsOwnCertificateNamesItsStateAlone) {
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate leaf, state.Issue(node, absl::Hours(1), TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const CertificateChain chain, ParsePemChain(leaf.chain_pem));
  EXPECT_OK(CheckNameConstraints({chain.front(), state.issuing().certificate()}));
  EXPECT_THAT(CheckNameConstraints({Kgz().IssueGood(Role::kNode).front(), state.issuing().certificate()}),
              HasReason("CERT_NAME_CONSTRAINT"));
}

}  // namespace
}  // namespace tamga::certs
