#include "certs/seal_verifier.h"

#include <atomic>
#include <thread>
#include <vector>

#include "certs/refusal.h"
#include "certs/test_certificates.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using Signatures = SealVerifier::Signatures;
using ::testing::Contains;
using ::testing::Pair;

constexpr char kHeader[] = "header bytes as sent";

std::shared_ptr<const TrustStore> Trust() {
  return std::make_shared<const TrustStore>(
      TrustStore::Build({{"KAZ", Kaz().RootPem()}, {"KGZ", Kgz().RootPem()}}).value());
}

Signatures SealedBy(const Seal& seal, absl::string_view type = kRequestType) {
  Signatures signatures;
  *signatures.Add() = seal.Sign(type, kHeader).value();
  return signatures;
}

// A seal over kHeader with a key whose certificate has been made for something else.
Signatures SealedWith(const LeafOptions& options) {
  const EvpPkeyPtr key = GenerateP256Key().value();
  LeafOptions with_key = options;
  with_key.key = key.get();
  return SealedBy(
      Seal::Create(P256Signer::FromPem(WritePrivateKeyPem(*key).value()).value(), Kaz().Issue(with_key)).value());
}

struct SealVerifierTest : public ::testing::Test {
  absl::StatusOr<Principal> Verify(const Signatures& signatures, absl::string_view type = kRequestType,
                                   absl::string_view header = kHeader, absl::Time now = TestNow()) {
    return verifier.Verify(signatures, type, header, now);
  }

  CurrentTrust trust{Trust()};
  const SealVerifier verifier{trust};
  const Seal seal = Kaz().IssueSeal();
};

TEST_F(SealVerifierTest, TellsWhoSealed) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const Principal kaz, Verify(SealedBy(seal)));
    EXPECT_EQ(kaz, (Principal{"KAZ/border-service", Role::kSeal, "main"}));
  }
  ASSERT_OK_AND_ASSIGN(const Principal kgz, Verify(SealedBy(Kgz().IssueSeal())));
  EXPECT_EQ(kgz.agency, "KGZ/border-service");
}

TEST_F(SealVerifierTest, EveryFlippedBitOfTheHeaderIsRefused) {
  const Signatures signatures = SealedBy(seal);
  const std::string header = kHeader;
  for (size_t bit = 0; bit < header.size() * 8; ++bit) {
    std::string flipped = header;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(Verify(signatures, kRequestType, flipped), HasReason("SEAL_INVALID")) << bit;
  }
  for (size_t size = 0; size < header.size(); ++size) {
    EXPECT_THAT(Verify(signatures, kRequestType, header.substr(0, size)), HasReason("SEAL_INVALID")) << size;
  }
  EXPECT_THAT(Verify(signatures, kRequestType, header + "x"), HasReason("SEAL_INVALID"));
}

// Every seventh bit, so that all eight bit positions have their turn; every bit of a value is P256Test's, of a leaf
// TrustStoreTest's.
TEST_F(SealVerifierTest, AFlippedBitOfTheSignatureMessageIsRefused) {
  const Signatures signatures = SealedBy(seal);
  const std::string wire = signatures[0].SerializeAsString();
  int parsed = 0;
  for (size_t bit = 0; bit < wire.size() * 8; bit += 7) {
    std::string flipped = wire;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    Signatures altered;
    if (!altered.Add()->ParseFromString(flipped)) continue;
    ++parsed;
    EXPECT_FALSE(Verify(altered).ok()) << bit;
  }
  EXPECT_GT(parsed, 0);
}

TEST_F(SealVerifierTest, ARequestDoesNotPassForAReply) {
  EXPECT_OK(Verify(SealedBy(seal, kReplyType), kReplyType));
  EXPECT_THAT(Verify(SealedBy(seal, kRequestType), kReplyType), HasReason("SEAL_INVALID"));
  EXPECT_THAT(Verify(SealedBy(seal, kReplyType), kRequestType), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, NothingIsNoSeal) { EXPECT_THAT(Verify(Signatures()), HasReason("SEAL_MISSING")); }

TEST_F(SealVerifierTest, UnknownAlgorithmsAreNotLookedAtAndDoNotSuffice) {
  Signatures signatures;
  signatures.Add()->set_algorithm(kGost256);
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_MISSING"));
  *signatures.Add() = seal.Sign(kRequestType, kHeader).value();
  signatures.Add()->set_algorithm(kMlDsa65);
  EXPECT_OK(Verify(signatures));
}

// Takes "good", cannot tell about "unsure", and refuses all else.
class PlainVerifier final : public SignatureVerifier {
 public:
  absl::Status Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const override {
    EXPECT_EQ(data, PreAuthEncode(kRequestType, kHeader));
    EXPECT_EQ(spki, "spki");
    if (signature == "unsure") return absl::UnavailableError("no verifier");
    return signature == "good" ? absl::OkStatus() : Refused(kSealInvalid, "bad");
  }
};

TEST_F(SealVerifierTest, ASignatureOfAnExtraAlgorithmCountsWhereThereAreKeysForIt) {
  const ExtraAlgorithm extra = {
      kGost256, std::make_shared<PlainVerifier>(), {{"KAZ/border-service", {{"key", "spki"}}}}, {}};
  const SealVerifier both(trust, {extra});
  const auto with = [&](const Seal& sealer, const std::string& key_id, const std::string& value) {
    Signatures signatures = SealedBy(sealer);
    signatures.Add()->set_algorithm(kGost256);
    signatures[1].set_key_id(key_id);
    signatures[1].set_value(value);
    return both.Verify(signatures, kRequestType, kHeader, TestNow());
  };
  EXPECT_OK(with(seal, "key", "good"));
  EXPECT_THAT(with(seal, "key", "other"), HasReason("SEAL_INVALID"));
  EXPECT_THAT(with(seal, "key", "unsure"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(with(seal, "another key", "good"), HasReason("SEAL_UNTRUSTED"));
  // Not required of it, and nothing is known of its keys.
  EXPECT_OK(with(Kgz().IssueSeal(), "key", "other"));
  EXPECT_OK(both.Verify(SealedBy(seal), kRequestType, kHeader, TestNow()));
}

TEST_F(SealVerifierTest, AStateMayHaveToSignInAnExtraAlgorithm) {
  const ExtraAlgorithm extra = {
      kGost256, std::make_shared<PlainVerifier>(), {{"KAZ/other-agency", {{"key", "spki"}}}}, {"KAZ"}};
  const SealVerifier strict(trust, {extra});
  Signatures signatures = SealedBy(seal);
  EXPECT_THAT(strict.Verify(signatures, kRequestType, kHeader, TestNow()), HasReason("SEAL_MISSING"));
  EXPECT_OK(strict.Verify(SealedBy(Kgz().IssueSeal()), kRequestType, kHeader, TestNow()));
  // Whoever must sign needs a key that is known.
  signatures.Add()->set_algorithm(kGost256);
  signatures[1].set_key_id("key");
  signatures[1].set_value("good");
  EXPECT_THAT(strict.Verify(signatures, kRequestType, kHeader, TestNow()), HasReason("SEAL_UNTRUSTED"));
}

// What a node that does not know batches makes of one.
TEST_F(SealVerifierTest, ABatchSealStandsBesideAPlainOne) {
  Signatures signatures;
  signatures.Add()->set_algorithm(kEcdsaP256Sha256Batch);
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_MISSING"));
  *signatures.Add() = seal.Sign(kRequestType, kHeader).value();
  EXPECT_OK(Verify(signatures));
}

TEST_F(SealVerifierTest, TwoSignaturesOfOneAlgorithmAreRefused) {
  Signatures signatures = SealedBy(seal);
  *signatures.Add() = signatures[0];
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, NineSignaturesAreRefusedAndEightAreNot) {
  Signatures signatures = SealedBy(seal);
  for (int i = 0; i < 7; ++i) signatures.Add()->set_algorithm("national-" + std::to_string(i));
  EXPECT_OK(Verify(signatures));
  signatures.Add()->set_algorithm("one-too-many");
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, AnotherKeyIdIsRefused) {
  Signatures signatures = SealedBy(seal);
  signatures[0].set_key_id(std::string(32, 'x'));
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
  signatures[0].clear_key_id();
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, AnotherSealsCertificateIsRefused) {
  Signatures signatures = SealedBy(seal);
  const Signatures others = SealedBy(Kaz().IssueSeal());
  *signatures[0].mutable_certificate_chain() = others[0].certificate_chain();
  signatures[0].set_key_id(others[0].key_id());
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, ATlsKeyCannotSeal) {
  LeafOptions system;
  LeafOptions node;
  node.names = "URI:spiffe://kaz.tamga/border-service/node/main";
  node.key_purposes = "serverAuth,clientAuth";
  for (const LeafOptions& options : {system, node}) {
    const auto result = Verify(SealedWith(options));
    EXPECT_THAT(result, HasReason("SEAL_UNTRUSTED"));
    EXPECT_THAT(MetadataOf(result.status()), Contains(Pair("certificate", "CERT_WRONG_USAGE")));
  }
}

TEST_F(SealVerifierTest, ABadChainIsRefusedWithItsReason) {
  const auto reason_of = [&](const Signatures& signatures) {
    const auto result = Verify(signatures);
    EXPECT_THAT(result, HasReason("SEAL_UNTRUSTED"));
    return MetadataOf(result.status())["certificate"];
  };
  Signatures signatures = SealedBy(seal);
  signatures[0].clear_certificate_chain();
  EXPECT_EQ(reason_of(signatures), "CERT_MISSING");
  signatures[0].add_certificate_chain("junk");
  EXPECT_EQ(reason_of(signatures), "CERT_MALFORMED");
  signatures = SealedBy(seal);
  signatures[0].mutable_certificate_chain()->RemoveLast();
  EXPECT_EQ(reason_of(signatures), "CERT_UNTRUSTED");
  EXPECT_EQ(reason_of(SealedBy(TestAuthority("KAZ").IssueSeal())), "CERT_UNTRUSTED");
  EXPECT_EQ(reason_of(SealedBy(TestAuthority("UZB").IssueSeal())), "CERT_UNKNOWN_STATE");
  EXPECT_EQ(verifier.RememberedForTest(), 0u);
}

TEST_F(SealVerifierTest, WhatIsRememberedDoesNotOutliveTheCertificate) {
  const Seal short_lived = Kaz().IssueSeal(TestNow(), absl::Hours(1));
  const Signatures signatures = SealedBy(short_lived);
  const absl::Time end = TestNow() + absl::Hours(1);
  const absl::Time start = TestNow() - absl::Minutes(5);
  for (int i = 0; i < 2; ++i) {
    EXPECT_OK(Verify(signatures, kRequestType, kHeader, start));
    EXPECT_OK(Verify(signatures, kRequestType, kHeader, end));
    EXPECT_EQ(verifier.RememberedForTest(), 1u);
    for (const absl::Time outside : {end + absl::Nanoseconds(1), start - absl::Nanoseconds(1)}) {
      EXPECT_THAT(Verify(signatures, kRequestType, kHeader, outside), HasReason("SEAL_UNTRUSTED"));
    }
  }
}

TEST_F(SealVerifierTest, WhatIsRememberedDoesNotOutliveTheTrust) {
  const Signatures signatures = SealedBy(seal);
  ASSERT_OK(Verify(signatures));
  trust.Replace(std::make_shared<const TrustStore>(TrustStore::Build({{"KGZ", Kgz().RootPem()}}).value()));
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_UNTRUSTED"));
  EXPECT_EQ(verifier.RememberedForTest(), 0u);
  trust.Replace(Trust());
  EXPECT_OK(Verify(signatures));
}

TEST_F(SealVerifierTest, ARememberedChainIsNotASignature) {
  Signatures signatures = SealedBy(seal);
  ASSERT_OK(Verify(signatures));
  signatures[0].set_value("junk");
  EXPECT_THAT(Verify(signatures), HasReason("SEAL_INVALID"));
}

TEST_F(SealVerifierTest, OnlySoManyChainsAreRemembered) {
  // The same good chain with certificates behind it that the path does not need.
  std::vector<std::string> others;
  others.reserve(33);
  for (int i = 0; i < 33; ++i) others.push_back(Kaz().IssueGood(Role::kSystem).front().Der());
  const Signatures sealed = SealedBy(seal);
  size_t verified = 0;
  for (const std::string& first : others) {
    for (const std::string& second : others) {
      Signatures signatures = sealed;
      signatures[0].add_certificate_chain(first);
      signatures[0].add_certificate_chain(second);
      ASSERT_OK(Verify(signatures));
      ASSERT_LE(verifier.RememberedForTest(), SealVerifier::kMaxRemembered);
      ++verified;
    }
  }
  EXPECT_GT(verified, SealVerifier::kMaxRemembered);
}

// A request waits in an outbox for hours, and its sender's State signs a list every hour.
TEST(SealVerifierListsTest, WhatWaitedIsJudgedByTheListsOfNowAndByCertificatesAsTheyWere) {
  constexpr absl::Duration kWaited = absl::Hours(5);
  const auto authority = [](const std::string& name) {
    IssueOptions options = AuthorityNamed(name);
    options.not_before = TestNow() - absl::Hours(48);
    return options;
  };
  const Issued root = Issue(authority("Root"), nullptr);
  const Issued issuing = Issue(authority("Issuing"), &root);
  IssueOptions options = Server();
  options.purposes = kSealKeyPurpose;
  options.names = "URI:spiffe://kaz.tamga/border-service/seal/main";
  options.not_before = TestNow() - absl::Hours(24);
  options.not_after = TestNow() - absl::Hours(1);
  const Issued leaf = Issue(options, &issuing);
  const Seal seal = Seal::Create(P256Signer::FromPem(WritePrivateKeyPem(*leaf.key).value()).value(),
                                 {leaf.certificate, issuing.certificate})
                        .value();
  const auto with = [&](const CrlOptions& of_issuing) {
    auto lists = std::make_shared<Revocations>();
    EXPECT_OK(lists->Add("KAZ", IssueCrl({}, root), root.certificate));
    EXPECT_OK(lists->Add("KAZ", IssueCrl(of_issuing, issuing), issuing.certificate));
    return std::make_shared<const TrustStore>(
        TrustStore::Build({{"KAZ", root.certificate.Pem()}})->With(lists, {}, absl::Hours(72)));
  };
  CurrentTrust trust(with({.number = 1, .this_update = TestNow() - absl::Minutes(5)}));
  const SealVerifier verifier(trust);
  const auto verify = [&](absl::Time sealed_at, absl::Time now) {
    return verifier.Verify(SealedBy(seal), kRequestType, kHeader, sealed_at, now);
  };
  for (int i = 0; i < 2; ++i) {  // the second time it is remembered
    EXPECT_OK(verify(TestNow() - kWaited, TestNow()));
    EXPECT_EQ(verifier.RememberedForTest(), 1u);
  }
  EXPECT_THAT(verify(TestNow(), TestNow()), HasReason("SEAL_UNTRUSTED")) << "its certificate has ended";
  EXPECT_THAT(verify(TestNow() - kWaited, TestNow() + absl::Hours(25)), HasReason("SEAL_UNTRUSTED"))
      << "by then no list is current, whenever it was sealed";
  trust.Replace(with({.revoked = {leaf.certificate}, .number = 2}));
  EXPECT_THAT(verify(TestNow() - kWaited, TestNow()), HasReason("SEAL_UNTRUSTED"));
}

TEST_F(SealVerifierTest, ManyThreadsMayAskAtOnce) {
  const std::vector<Signatures> all = {SealedBy(seal), SealedBy(Kgz().IssueSeal())};
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) good += Verify(all[static_cast<size_t>(i + round) % 2]).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 80);
  EXPECT_EQ(verifier.RememberedForTest(), 2u);
}

}  // namespace
}  // namespace tamga::certs
