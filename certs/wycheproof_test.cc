// Signatures that were made to be got wrong, through our verifiers.
#include <map>
#include <string>

#include "certs/ed25519.h"
#include "certs/p1363.h"
#include "certs/p256.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga::certs {
namespace {

using Counts = std::map<std::string, int>;

P256PublicKey KeyOf(const nlohmann::json& group) {
  return P256PublicKey::FromSpki(Unhex(group.at("publicKeyDer"))).value();
}

TEST(WycheproofTest, Ed25519) {
  const Counts counts = ForEachWycheproof("ed25519", [](const auto& group, const auto& test) {
    EXPECT_EQ(VerifyEd25519(Unhex(group.at("publicKey").at("pk")), Unhex(test["msg"]), Unhex(test["sig"])),
              test["result"] == "valid")
        << test["tcId"];
  });
  EXPECT_EQ(counts, (Counts{{"valid", 88}, {"invalid", 63}}));
}

TEST(WycheproofTest, EcdsaInDer) {
  const Counts counts = ForEachWycheproof("ecdsa_secp256r1_sha256", [](const auto& group, const auto& test) {
    const absl::Status verified = KeyOf(group).Verify(Unhex(test["msg"]), Unhex(test["sig"]));
    if (test["result"] == "valid") {
      EXPECT_OK(verified) << test["tcId"];
    } else {
      EXPECT_THAT(verified, HasReason("SEAL_INVALID")) << test["tcId"];
    }
  });
  EXPECT_EQ(counts, (Counts{{"valid", 174}, {"invalid", 310}}));
}

// What has not 64 bytes is refused by its form, the rest by the verifier.
TEST(WycheproofTest, EcdsaAsTwoNumbers) {
  int by_form = 0;
  const Counts counts = ForEachWycheproof("ecdsa_secp256r1_sha256_p1363", [&](const auto& group, const auto& test) {
    const std::string signature = Unhex(test["sig"]);
    const absl::StatusOr<std::string> der = P1363ToDer(signature);
    if (signature.size() != kP1363Bytes) {
      ++by_form;
      EXPECT_THAT(der, StatusIs(absl::StatusCode::kInvalidArgument)) << test["tcId"];
      EXPECT_EQ(test["result"], "invalid") << test["tcId"];
      return;
    }
    ASSERT_OK(der) << test["tcId"];
    const absl::Status verified = KeyOf(group).Verify(Unhex(test["msg"]), *der);
    if (test["result"] == "valid") {
      EXPECT_OK(verified) << test["tcId"];
      EXPECT_EQ(DerToP1363(*der).value(), signature) << test["tcId"];
    } else {
      EXPECT_THAT(verified, HasReason("SEAL_INVALID")) << test["tcId"];
    }
  });
  EXPECT_EQ(counts, (Counts{{"valid", 173}, {"invalid", 89}}));
  EXPECT_GT(by_form, 0);
}

}  // namespace
}  // namespace tamga::certs
