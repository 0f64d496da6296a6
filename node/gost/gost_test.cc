// GOST signatures by the engine, through the helper, and on seals. Skipped where the engine is not installed.
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "certs/p256.h"
#include "certs/purposes.h"
#include "certs/seal_verifier.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/gost/gost_engine.h"
#include "node/gost/helper.h"
#include "node/gost/helper_client.h"
#include "node/gost/test_keys.h"
#include "node/store/test_folder.h"

namespace tamga::gost {
namespace {

using ::testing::HasSubstr;

constexpr char kHeader[] = "header";

struct GostTest : public ::testing::Test {
  void SetUp() override {
    if (const absl::Status loaded = LoadGostEngine(); !loaded.ok()) GTEST_SKIP() << loaded.message();
  }

  static std::unique_ptr<GostSigner> NewKey(int type = NID_id_GostR3410_2012_256) {
    return GostSigner::FromPem(NewKeyPem(type)).value();
  }

  std::shared_ptr<const HelperConnection> Connection(const std::string& key_id = "") const {
    return std::make_shared<const HelperConnection>(socket, key_id);
  }

  const store::TestFolder folder;
  const std::string socket = folder.path() + "/gost.sock";
};

TEST_F(GostTest, BothSizesSignAndVerify) {
  for (const auto& [type, name, size] : {std::tuple(NID_id_GostR3410_2012_256, certs::kGost256, size_t{64}),
                                         std::tuple(NID_id_GostR3410_2012_512, certs::kGost512, size_t{128})}) {
    const auto key = NewKey(type);
    EXPECT_EQ(key->algorithm(), name);
    EXPECT_EQ(key->key_id(), Sha256(key->spki()));
    const std::string data = certs::PreAuthEncode("text", "data");
    ASSERT_OK_AND_ASSIGN(const std::string signature, key->Sign("text", "data"));
    ASSERT_EQ(signature.size(), size);
    EXPECT_OK(VerifyGost(name, key->spki(), data, signature));
    EXPECT_THAT(VerifyGost(name, key->spki(), data + "x", signature), HasReason("SEAL_INVALID"));
    EXPECT_THAT(VerifyGost(name, NewKey(type)->spki(), data, signature), HasReason("SEAL_INVALID"));
    for (size_t bit = 0; bit < 8 * size; bit += 7) {
      std::string flipped = signature;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_THAT(VerifyGost(name, key->spki(), data, flipped), HasReason("SEAL_INVALID")) << bit;
    }
    for (const std::string& other : {std::string(), signature.substr(1), signature + "x", signature + signature}) {
      EXPECT_THAT(VerifyGost(name, key->spki(), data, other), HasReason("SEAL_INVALID")) << other.size();
    }
    EXPECT_THAT(VerifyGost(name == certs::kGost256 ? certs::kGost512 : certs::kGost256, key->spki(), data, signature),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// Made by "openssl dgst -engine gost -md_gost12_256 -sign".
TEST_F(GostTest, ASignatureOfTheEnginesOwnProgramVerifies) {
  const std::string spki =
      Base64Decode(
          "MGYwHwYIKoUDBwEBAQEwEwYHKoUDAgIjAQYIKoUDBwEBAgIDQwAEQBDubWw6cs6JDYuavTA9bgM9HzpjnIDTDeC2GTMna13/teto9LQoZnng"
          "D7klMnHP/9cPRejY9k2qPfzOzeyBosY=")
          .value();
  const std::string signature =
      Base64Decode("p1fkq0kj5UmtdvO8pm8SwPg4sl0HYPi9z8tvpQVD241bhqwtcrLJqF5sLyVVLly3HQhyuEDtGnBKHIo29y+tbw==").value();
  EXPECT_OK(VerifyGost(certs::kGost256, spki, certs::PreAuthEncode(certs::kRequestType, kHeader), signature));
  EXPECT_THAT(VerifyGost(certs::kGost256, spki, certs::PreAuthEncode(certs::kReplyType, kHeader), signature),
              HasReason("SEAL_INVALID"));
}

TEST_F(GostTest, OtherKeysAreRefused) {
  const std::string p256 = certs::WritePrivateKeyPem(*certs::GenerateP256Key().value()).value();
  EXPECT_THAT(GostSigner::FromPem(p256), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(GostSigner::FromPem(NewKeyPem(NID_id_GostR3410_2012_256) + NewKeyPem(NID_id_GostR3410_2012_256)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(GostSigner::FromPem(""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(GostTest, TheHelperSignsRequestsAndRepliesWithItsKeyAlone) {
  auto key = NewKey();
  const std::string spki = key->spki();
  ASSERT_OK_AND_ASSIGN(const auto helper, Helper::Start(socket, std::move(key)));
  const HelperSigner signer(socket, certs::kGost256, spki);
  const HelperVerifier verifier(Connection(), certs::kGost256);
  for (const char* type : {certs::kRequestType, certs::kReplyType, certs::kCourierType}) {
    const std::string encoded = certs::PreAuthEncode(type, kHeader);
    ASSERT_OK_AND_ASSIGN(const std::string signature, signer.Sign(type, kHeader));
    EXPECT_OK(verifier.Verify(spki, encoded, signature));
    EXPECT_THAT(verifier.Verify(spki, encoded + "x", signature), HasReason("SEAL_INVALID"));
    EXPECT_THAT(verifier.Verify("no key", encoded, signature), HasReason("SIGNER_UNAVAILABLE"));
  }
  for (const char* other : {certs::kActType, certs::kCheckpointType, "anything", ""}) {
    EXPECT_THAT(signer.Sign(other, kHeader), HasReason("SIGNER_UNAVAILABLE")) << other;
  }
  const HelperSigner of_another(socket, certs::kGost256, NewKey()->spki());
  const absl::Status refused = of_another.Sign(certs::kRequestType, kHeader).status();
  EXPECT_THAT(refused, HasReason("SIGNER_UNAVAILABLE"));
  // Partners read it: it tells nothing of how this node is set up.
  EXPECT_THAT(refused.message(), testing::Not(HasSubstr("extra_seals")));
}

TEST_F(GostTest, WithoutTheHelperNothingIsSignedAndNothingJudged) {
  const HelperVerifier verifier(Connection(), certs::kGost256);
  EXPECT_THAT(HelperSigner(socket, certs::kGost256, "spki").Sign(certs::kRequestType, "data"),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(verifier.Verify("spki", "data", "signature"), HasReason("SIGNER_UNAVAILABLE"));
  ASSERT_OK_AND_ASSIGN(const auto helper, Helper::Start(socket, nullptr));
  const auto key = NewKey();
  EXPECT_OK(verifier.Verify(key->spki(), certs::PreAuthEncode("text", "data"), key->Sign("text", "data").value()));
  const HelperSigner signer(socket, certs::kGost256, key->spki());
  EXPECT_THAT(signer.Sign(certs::kRequestType, "data"), HasReason("SIGNER_UNAVAILABLE"));
}

TEST_F(GostTest, WhetherTheHelperIsThereWithTheRightKeyIsKnownWithoutASignature) {
  auto key = NewKey();
  const HelperSigner signer(socket, certs::kGost256, key->spki());
  const HelperSigner of_another(socket, certs::kGost256, NewKey()->spki());
  const auto only_verifies = Connection();
  EXPECT_EQ(signer.helper()->facts().where, socket);
  signer.helper()->Check();
  EXPECT_THAT(signer.helper()->facts().fault, HasSubstr("nobody listens"));
  EXPECT_EQ(signer.helper()->facts().last_success, absl::InfinitePast());
  ASSERT_OK_AND_ASSIGN(auto helper, Helper::Start(socket, std::move(key)));
  for (const certs::KeyHelper* asked :
       {signer.helper(), of_another.helper(), static_cast<const certs::KeyHelper*>(only_verifies.get())})
    asked->Check();
  EXPECT_EQ(signer.helper()->facts().fault, "");
  EXPECT_GT(signer.helper()->facts().last_success, absl::UnixEpoch());
  EXPECT_THAT(of_another.helper()->facts().fault, HasSubstr("another key"));
  EXPECT_EQ(only_verifies->facts().fault, "");
  helper.reset();
  ASSERT_OK_AND_ASSIGN(helper, Helper::Start(socket, nullptr));
  signer.helper()->Check();
  EXPECT_THAT(signer.helper()->facts().fault, HasSubstr("or none"));
}

TEST_F(GostTest, ASealHasBothSignaturesAndEachStateLooksAtItsOwn) {
  auto key = NewKey();
  const std::string spki = key->spki();
  ASSERT_OK_AND_ASSIGN(const auto helper, Helper::Start(socket, std::move(key)));
  certs::Seal seal = certs::Kgz().IssueSeal();
  ASSERT_OK(seal.AlsoSignBy(std::make_shared<HelperSigner>(socket, certs::kGost256, spki)));
  ASSERT_OK_AND_ASSIGN(const auto made, seal.SignAll(certs::kRequestType, kHeader));
  certs::SealVerifier::Signatures signatures(made.begin(), made.end());
  ASSERT_EQ(signatures.size(), 2);
  const certs::CurrentTrust trust{certs::TrustStore::Build({{"KGZ", certs::Kgz().RootPem()}}).value()};
  const certs::SealVerifier plain(trust);
  const certs::SealVerifier both(trust, {{certs::kGost256,
                                          std::make_shared<HelperVerifier>(Connection(), certs::kGost256),
                                          {{"KGZ/border-service", {{Sha256(spki), spki}}}},
                                          {"KGZ"}}});
  for (const certs::SealVerifier* verifier : {&plain, &both}) {
    EXPECT_OK(verifier->Verify(signatures, certs::kRequestType, kHeader, certs::TestNow()));
  }
  signatures[1].mutable_value()->at(5) ^= 1;
  EXPECT_OK(plain.Verify(signatures, certs::kRequestType, kHeader, certs::TestNow()));
  EXPECT_THAT(both.Verify(signatures, certs::kRequestType, kHeader, certs::TestNow()), HasReason("SEAL_INVALID"));
  signatures.RemoveLast();
  EXPECT_OK(plain.Verify(signatures, certs::kRequestType, kHeader, certs::TestNow()));
  EXPECT_THAT(both.Verify(signatures, certs::kRequestType, kHeader, certs::TestNow()), HasReason("SEAL_MISSING"));
}

}  // namespace
}  // namespace tamga::gost
