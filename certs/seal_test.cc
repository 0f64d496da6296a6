#include "certs/seal.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
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

// A signature that says what it is over.
class PlainSigner final : public Signer {
 public:
  explicit PlainSigner(std::string algorithm) : algorithm_(std::move(algorithm)) {}
  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override {
    if (algorithm_ == kGost512) return absl::UnavailableError("no signer");
    return absl::StrCat(algorithm_, " over ", PreAuthEncode(type, payload));
  }
  absl::string_view algorithm() const override { return algorithm_; }
  const std::string& key_id() const override { return key_id_; }

 private:
  const std::string algorithm_;
  const std::string key_id_ = "key";
};

TEST(SealTest, FurtherSignaturesComeBehindTheOneThatEveryNodeSpeaks) {
  Seal seal = Kaz().IssueSeal();
  EXPECT_THAT(seal.AlsoSignBy(std::make_shared<PlainSigner>(kEcdsaP256Sha256)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK(seal.AlsoSignBy(std::make_shared<PlainSigner>(kGost256)));
  EXPECT_THAT(seal.AlsoSignBy(std::make_shared<PlainSigner>(kGost256)), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK_AND_ASSIGN(const auto signatures, seal.SignAll(kReplyType, "header"));
  ASSERT_EQ(signatures.size(), 2u);
  EXPECT_EQ(signatures[0].algorithm(), kEcdsaP256Sha256);
  EXPECT_EQ(signatures[0].certificate_chain_size(), 2);
  EXPECT_EQ(signatures[1].algorithm(), kGost256);
  EXPECT_EQ(signatures[1].key_id(), "key");
  EXPECT_EQ(signatures[1].value(), absl::StrCat(kGost256, " over ", PreAuthEncode(kReplyType, "header")));
  EXPECT_EQ(signatures[1].certificate_chain_size(), 0);
}

TEST(SealTest, WhatOneSignerCannotSignIsNotSealed) {
  Seal seal = Kaz().IssueSeal();
  ASSERT_OK(seal.AlsoSignBy(std::make_shared<PlainSigner>(kGost512)));
  EXPECT_THAT(seal.SignAll(kReplyType, "header"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(SealTest, ThereAreAtMostEightSignatures) {
  Seal seal = Kaz().IssueSeal();
  for (int i = 1; i < 8; ++i) ASSERT_OK(seal.AlsoSignBy(std::make_shared<PlainSigner>(absl::StrCat("national-", i))));
  EXPECT_THAT(seal.AlsoSignBy(std::make_shared<PlainSigner>("one-too-many")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
