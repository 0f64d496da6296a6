#include "certs/p256.h"

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/pem.h"
#include "certs/seal.h"
#include "certs/signer.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

// The key and signature of RFC 6979 appendix A.2.5 (P-256, SHA-256, message "sample").
constexpr char kRfcPoint[] =
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr char kRfcSignature[] =
    "3046"
    "022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
constexpr char kSpkiPrefix[] = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

std::string PrivatePem(const char* algorithm_or_curve) {
  const EvpPkeyPtr key(algorithm_or_curve == std::string("RSA") ? EVP_RSA_gen(2048) : EVP_EC_gen(algorithm_or_curve));
  return WritePrivateKeyPem(*key).value();
}

TEST(P256Test, VerifiesThePublishedSignature) {
  ASSERT_OK_AND_ASSIGN(const P256PublicKey key,
                       P256PublicKey::FromSpki(HexDecode(absl::StrCat(kSpkiPrefix, kRfcPoint)).value()));
  const std::string signature = HexDecode(kRfcSignature).value();
  EXPECT_OK(key.Verify("sample", signature));
  EXPECT_THAT(key.Verify("Sample", signature), HasReason("SEAL_INVALID"));
}

TEST(P256Test, ASignatureHasOneEncodingAndNoFlippedBit) {
  ASSERT_OK_AND_ASSIGN(const P256PublicKey key,
                       P256PublicKey::FromSpki(HexDecode(absl::StrCat(kSpkiPrefix, kRfcPoint)).value()));
  const std::string signature = HexDecode(kRfcSignature).value();
  for (size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string flipped = signature;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(key.Verify("sample", flipped), HasReason("SEAL_INVALID")) << bit;
  }
  for (size_t size = 0; size < signature.size(); ++size) {
    EXPECT_THAT(key.Verify("sample", signature.substr(0, size)), HasReason("SEAL_INVALID")) << size;
  }
  EXPECT_THAT(key.Verify("sample", signature + "x"), HasReason("SEAL_INVALID"));
  EXPECT_THAT(key.Verify("sample", absl::StrCat("\x30\x81\x46", signature.substr(2))), HasReason("SEAL_INVALID"));
}

TEST(P256Test, OnlyUncompressedNamedP256PointsOnTheCurveAreKeys) {
  std::string off_curve = HexDecode(absl::StrCat(kSpkiPrefix, kRfcPoint)).value();
  ASSERT_OK(P256PublicKey::FromSpki(off_curve));
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  EXPECT_THAT(P256PublicKey::FromSpki(off_curve), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const char* curve : {"P-384", "secp256k1"}) {
    const EvpPkeyPtr key(EVP_EC_gen(curve));
    EXPECT_THAT(P256PublicKey::FromSpki(SpkiOf(*key)), StatusIs(absl::StatusCode::kInvalidArgument)) << curve;
  }
  EXPECT_THAT(P256PublicKey::FromSpki(""), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(P256Test, APrivateKeySurvivesPem) {
  ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr key, GenerateP256Key());
  ASSERT_OK_AND_ASSIGN(const std::string pem, WritePrivateKeyPem(*key));
  ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr read, ParsePrivateKeyPem(pem));
  EXPECT_EQ(EVP_PKEY_eq(key.get(), read.get()), 1);
}

TEST(P256Test, OtherPrivateKeysAreRefused) {
  const std::string good = PrivatePem("P-256");
  ASSERT_OK(ParsePrivateKeyPem(good));
  const EvpPkeyPtr key(EVP_EC_gen("P-256"));
  const std::string sec1 = WritePem("EC PRIVATE KEY", ToDer<i2d_PrivateKey>(key.get()));
  for (const std::string& pem : {PrivatePem("P-384"), PrivatePem("RSA"), sec1, good + good, good + "junk",
                                 WritePem("PRIVATE KEY", "junk"), std::string()}) {
    EXPECT_THAT(ParsePrivateKeyPem(pem), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(P256SignerTest, SignsWhatItsPublicKeyVerifies) {
  ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr key, GenerateP256Key());
  ASSERT_OK_AND_ASSIGN(const std::string pem, WritePrivateKeyPem(*key));
  ASSERT_OK_AND_ASSIGN(const auto signer, P256Signer::FromPem(pem));
  EXPECT_EQ(signer->algorithm(), "ecdsa-p256-sha256");
  EXPECT_EQ(signer->key_id(), Sha256(SpkiOf(*key)));
  ASSERT_OK_AND_ASSIGN(const P256PublicKey public_key, P256PublicKey::FromSpki(SpkiOf(*key)));
  for (const std::string& data : {std::string(), std::string("header"), std::string(100000, 'x')}) {
    ASSERT_OK_AND_ASSIGN(const std::string signature, signer->Sign("text", data));
    EXPECT_OK(public_key.Verify(PreAuthEncode("text", data), signature));
    EXPECT_THAT(public_key.Verify(PreAuthEncode("text", data + "x"), signature), HasReason("SEAL_INVALID"));
    EXPECT_THAT(public_key.Verify(PreAuthEncode("other", data), signature), HasReason("SEAL_INVALID"));
  }
}

}  // namespace
}  // namespace tamga::certs
