#include "certs/p1363.h"

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/p256.h"
#include "certs/signer.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(P1363Test, OurSignaturesComeBackAsTheyWere) {
  ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr key, GenerateP256Key());
  ASSERT_OK_AND_ASSIGN(const auto signer, P256Signer::FromPem(WritePrivateKeyPem(*key).value()));
  for (int i = 0; i < 300; ++i) {  // some with numbers that begin with a zero byte, or a set bit
    ASSERT_OK_AND_ASSIGN(const std::string der, signer->Sign("text", "header"));
    ASSERT_OK_AND_ASSIGN(const std::string numbers, DerToP1363(der));
    EXPECT_EQ(numbers.size(), kP1363Bytes);
    EXPECT_EQ(P1363ToDer(numbers).value(), der);
  }
}

TEST(P1363Test, SmallAndLargeNumbersKeepTheirPlaces) {
  const std::string small = absl::StrCat(std::string(31, '\0'), "\x01", std::string(31, '\0'), "\x02");
  EXPECT_EQ(HexEncode(P1363ToDer(small).value()), "3006020101020102");
  EXPECT_EQ(DerToP1363(HexDecode("3006020101020102").value()).value(), small);
  const std::string largest(64, '\xff');
  EXPECT_EQ(DerToP1363(P1363ToDer(largest).value()).value(), largest);
}

TEST(P1363Test, OtherSizesAreRefused) {
  for (const size_t size : {0, 32, 63, 65, 96, 128}) {
    EXPECT_THAT(P1363ToDer(std::string(size, 'x')), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
}

TEST(P1363Test, WhatIsNotDerOfTwoSuchNumbersIsRefused) {
  const std::string numbers(64, 'n');
  const std::string der = P1363ToDer(numbers).value();
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_THAT(DerToP1363(der.substr(0, size)), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
  EXPECT_THAT(DerToP1363(der + "x"), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const char* hex : {
           "308106020101020102",  // length in two bytes
           "300702020001020102",  // a number with a zero too many
           "30060201ff020102",    // negative
           "3080020101020102"
           "0000",  // length left open
       }) {
    EXPECT_THAT(DerToP1363(HexDecode(hex).value()), StatusIs(absl::StatusCode::kInvalidArgument)) << hex;
  }
  const std::string wide = absl::StrCat("302702220100", std::string(64, '0'), "020102");  // 2^264
  EXPECT_THAT(DerToP1363(HexDecode(wide).value()), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
