#include "node/base/hkdf.h"

#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga {
namespace {

using Counts = std::map<std::string, int>;

TEST(Hkdf, AgreesWithWycheproof) {
  const Counts counts = ForEachWycheproof("hkdf_sha256", [](const auto& /*group*/, const auto& test) {
    const auto output =
        Hkdf(Unhex(test["salt"]), Unhex(test["ikm"]), Unhex(test["info"]), test["size"].template get<size_t>());
    if (test["result"] == "valid") {
      ASSERT_OK(output) << test["tcId"];
      EXPECT_EQ(HexEncode(*output), test["okm"]) << test["tcId"];
    } else {
      EXPECT_THAT(output, StatusIs(absl::StatusCode::kInvalidArgument)) << test["tcId"];
    }
  });
  EXPECT_EQ(counts, (Counts{{"valid", 83}, {"invalid", 3}}));
}

TEST(Hkdf, IsExtractAndThenExpand) {
  // RFC 5869, test case 1.
  const std::string secret(22, '\x0b');
  const std::string salt = HexDecode("000102030405060708090a0b0c").value();
  const std::string info = HexDecode("f0f1f2f3f4f5f6f7f8f9").value();
  const std::string key = HkdfExtract(salt, secret);
  EXPECT_EQ(HexEncode(key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(HkdfExpand(key, info, 42).value(), Hkdf(salt, secret, info, 42).value());
}

TEST(Hkdf, GivesAnySizeUpTo255BlocksAndNoMore) {
  EXPECT_EQ(Hkdf("", "secret", "", 0).value(), "");
  ASSERT_OK_AND_ASSIGN(const std::string most, Hkdf("", "secret", "", kMaxHkdfBytes));
  EXPECT_EQ(most.size(), 8160u);
  EXPECT_THAT(Hkdf("", "secret", "", kMaxHkdfBytes + 1), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Of the 174 tests half have tags that are cut to 16 bytes, which ours never are: no valid one of them is ours.
TEST(Hmac, AgreesWithWycheproofAndTakesNoShortenedTag) {
  int shortened = 0;
  const Counts counts = ForEachWycheproof("hmac_sha256", [&](const auto& /*group*/, const auto& test) {
    const std::string tag = Unhex(test["tag"]);
    if (tag.size() != 32) ++shortened;
    const bool accepted = HmacSha256(Unhex(test["key"]), Unhex(test["msg"])) == tag;
    EXPECT_EQ(accepted, test["result"] == "valid" && tag.size() == 32) << test["tcId"];
  });
  EXPECT_EQ(counts, (Counts{{"valid", 66}, {"invalid", 108}}));
  EXPECT_EQ(shortened, 87);
}

}  // namespace
}  // namespace tamga
