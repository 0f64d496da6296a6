#include "certs/x25519.h"

#include <algorithm>
#include <map>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga::certs {
namespace {

using Counts = std::map<std::string, int>;

bool HasFlag(const nlohmann::json& test, const char* flag) {
  const auto& flags = test.at("flags");
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

// Acceptable are, first, 31 public keys of small order, which we refuse; the other 223 are points of the twist or not
// in canonical encoding, which RFC 7748 wants to be taken, and we take.
TEST(X25519Test, AgreesWithWycheproofAndRefusesPointsOfSmallOrder) {
  Counts acceptable;
  const Counts counts = ForEachWycheproof("x25519", [&](const auto& /*group*/, const auto& test) {
    ASSERT_OK_AND_ASSIGN(const X25519Key key, X25519Key::FromBytes(Unhex(test["private"])));
    const absl::StatusOr<std::string> secret = key.Agree(Unhex(test["public"]));
    if (HasFlag(test, "ZeroSharedSecret")) {
      EXPECT_EQ(test["result"], "acceptable") << test["tcId"];
      EXPECT_THAT(secret, StatusIs(absl::StatusCode::kInvalidArgument)) << test["tcId"];
      ++acceptable["refused"];
      return;
    }
    ASSERT_OK(secret) << test["tcId"];
    EXPECT_EQ(HexEncode(*secret), test["shared"]) << test["tcId"];
    if (test["result"] == "acceptable") ++acceptable["taken"];
  });
  EXPECT_EQ(counts, (Counts{{"valid", 264}, {"acceptable", 254}}));
  EXPECT_EQ(acceptable, (Counts{{"refused", 31}, {"taken", 223}}));
}

TEST(X25519Test, BothSidesHaveTheSameSecretAndOthersAnother) {
  SystemRng rng;
  ASSERT_OK_AND_ASSIGN(const X25519Key one, X25519Key::Generate(rng));
  ASSERT_OK_AND_ASSIGN(const X25519Key two, X25519Key::Generate(rng));
  ASSERT_OK_AND_ASSIGN(const X25519Key three, X25519Key::Generate(rng));
  ASSERT_OK_AND_ASSIGN(const std::string secret, one.Agree(two.public_key()));
  EXPECT_EQ(two.Agree(one.public_key()).value(), secret);
  EXPECT_NE(three.Agree(two.public_key()).value(), secret);
}

TEST(X25519Test, OtherSizesAreRefused) {
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_THAT(X25519Key::FromBytes(std::string(size, 'k')), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
  SystemRng rng;
  ASSERT_OK_AND_ASSIGN(const X25519Key key, X25519Key::Generate(rng));
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_THAT(key.Agree(std::string(size, 'k')), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
}

}  // namespace
}  // namespace tamga::certs
