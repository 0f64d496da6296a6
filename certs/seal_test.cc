#include "certs/seal.h"

#include "certs/test_certificates.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(SealTest, PreAuthEncodingAgreesWithTheDsseSpecification) {
  // The example of DSSE 1.0.2's protocol.md.
  EXPECT_EQ(PreAuthEncode("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  EXPECT_EQ(PreAuthEncode("", ""), "DSSEv1 0  0 ");
}

TEST(SealTest, PreAuthEncodingKeepsTypeAndBodyApart) {
  EXPECT_NE(PreAuthEncode("a", "b c"), PreAuthEncode("a 1 b", "c"));
  EXPECT_NE(PreAuthEncode("ab", "c"), PreAuthEncode("a", "bc"));
}

TEST(SealTest, ASignatureSaysWhoseItIs) {
  const Seal seal = Kaz().IssueSeal();
  ASSERT_OK_AND_ASSIGN(const v1::Signature signature, seal.Sign(kRequestType, "header"));
  EXPECT_EQ(signature.algorithm(), "ecdsa-p256-sha256");
  EXPECT_EQ(signature.key_id(), seal.chain().front().SpkiSha256());
  ASSERT_EQ(signature.certificate_chain_size(), 2);
  EXPECT_EQ(signature.certificate_chain(0), seal.chain()[0].Der());
  EXPECT_EQ(signature.certificate_chain(1), seal.chain()[1].Der());
}

TEST(SealTest, ACertificateForAnotherKeyIsRefused) {
  SystemRng rng;
  ASSERT_OK_AND_ASSIGN(const StateAuthority authority, StateAuthority::Create("KAZ", TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(const KeyAndCertificate issued,
                       authority.Issue({"KAZ/border-service", Role::kSeal, "main"}, absl::Hours(1), TestNow(), rng));
  ASSERT_OK_AND_ASSIGN(auto signer, P256Signer::FromPem(issued.key_pem));
  EXPECT_THAT(Seal::Create(std::move(signer), Kaz().IssueGood(Role::kSeal)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(signer, P256Signer::FromPem(issued.key_pem));
  EXPECT_THAT(Seal::Create(std::move(signer), {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
