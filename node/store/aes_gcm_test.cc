#include "node/store/aes_gcm.h"

#include <map>
#include <utility>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga::store {
namespace {

using Counts = std::map<std::string, int>;

// We have keys of 256 bits and nonces of 96 bits alone. Whatever else is published is refused, valid or not.
TEST(AesGcmTest, AgreesWithWycheproofAndRefusesOtherSizes) {
  Counts ours;
  int others = 0;
  const Counts counts = ForEachWycheproof("aes_gcm", [&](const auto& /*group*/, const auto& test) {
    const std::string key = Unhex(test["key"]);
    const std::string nonce = Unhex(test["iv"]);
    const std::string data = Unhex(test["aad"]);
    const std::string plaintext = Unhex(test["msg"]);
    const std::string sealed = Unhex(test["ct"]) + Unhex(test["tag"]);
    const auto opened = AesGcmOpen(key, nonce, data, sealed);
    if (key.size() != kAesKeyBytes || nonce.size() != kAesNonceBytes) {
      ++others;
      EXPECT_THAT(opened, StatusIs(absl::StatusCode::kDataLoss)) << test["tcId"];
      return;
    }
    ++ours[test["result"].template get<std::string>()];
    if (test["result"] == "valid") {
      EXPECT_EQ(AesGcmSeal(key, nonce, data, plaintext), sealed) << test["tcId"];
      ASSERT_OK(opened) << test["tcId"];
      EXPECT_EQ(*opened, plaintext) << test["tcId"];
    } else {
      EXPECT_THAT(opened, StatusIs(absl::StatusCode::kDataLoss)) << test["tcId"];
    }
  });
  EXPECT_EQ(counts, (Counts{{"valid", 229}, {"invalid", 87}}));
  EXPECT_EQ(ours, (Counts{{"valid", 39}, {"invalid", 27}}));
  EXPECT_EQ(others, 250);
}

TEST(AesGcmDeathTest, NothingIsSealedWithAKeyOrNonceOfAnotherSize) {
  for (const size_t bytes : {0, 16, 24, 31, 33}) {
    EXPECT_DEATH(AesGcmSeal(std::string(bytes, 'k'), std::string(12, 'n'), "", "body"), "key.size") << bytes;
  }
  for (const size_t bytes : {0, 1, 8, 11, 13, 16}) {
    EXPECT_DEATH(AesGcmSeal(std::string(32, 'k'), std::string(bytes, 'n'), "", "body"), "nonce.size") << bytes;
  }
}

}  // namespace
}  // namespace tamga::store
