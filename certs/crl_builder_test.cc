#include "certs/crl_builder.h"

#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

struct CrlBuilderTest : public ::testing::Test {
  const Issued issuer = Issue(AuthorityNamed("Issuer"), nullptr);
  const Certificate revoked = Issue(Server(), &issuer).certificate;
  const Certificate good = Issue(Server(), &issuer).certificate;
};

TEST_F(CrlBuilderTest, WhatItMakesIsReadAndBelieved) {
  const absl::Time since = TestNow() - absl::Hours(2);
  ASSERT_OK_AND_ASSIGN(const Crl list,
                       BuildCrl({{{revoked.SerialHex(), since}}, 7, TestNow(), TestNow() + absl::Hours(72)},
                                issuer.certificate, *issuer.key));
  EXPECT_TRUE(list.IsSignedBy(issuer.certificate));
  EXPECT_EQ(list.ThisUpdate(), TestNow());
  EXPECT_EQ(list.NextUpdate(), TestNow() + absl::Hours(72));
  EXPECT_EQ(list.RevokedSince(revoked), since);
  EXPECT_EQ(list.RevokedSince(good), std::nullopt);
  EXPECT_EQ(list.Number(), 7u);
  ASSERT_EQ(list.Entries().size(), 1u);
  EXPECT_EQ(list.Entries().front().serial_hex, revoked.SerialHex());
  EXPECT_EQ(list.Entries().front().since, since);
}

TEST_F(CrlBuilderTest, AnEmptyListIsAList) {
  ASSERT_OK_AND_ASSIGN(const Crl list,
                       BuildCrl({{}, 1, TestNow(), TestNow() + absl::Hours(1)}, issuer.certificate, *issuer.key));
  EXPECT_EQ(list.RevokedSince(revoked), std::nullopt);
}

TEST_F(CrlBuilderTest, NumbersGoUp) {
  const auto list = [&](uint64_t number) {
    return BuildCrl({{}, number, TestNow(), TestNow() + absl::Hours(1)}, issuer.certificate, *issuer.key).value();
  };
  EXPECT_TRUE(list(255).IsOlderThan(list(256)));
  for (const uint64_t number : {uint64_t{0}, uint64_t{255}, uint64_t{256}, ~uint64_t{0}}) {
    EXPECT_EQ(list(number).Number(), number);
  }
  EXPECT_TRUE(list(uint64_t{1} << 40).HasNumberOf(list(uint64_t{1} << 40)));
}

TEST_F(CrlBuilderTest, WhatOurReaderWouldRefuseIsNotMade) {
  const RevokedSerial entry = {revoked.SerialHex(), TestNow()};
  EXPECT_THAT(BuildCrl({{entry, entry}, 1, TestNow(), TestNow() + absl::Hours(1)}, issuer.certificate, *issuer.key),
              HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(BuildCrl({{}, 1, TestNow(), TestNow()}, issuer.certificate, *issuer.key),
              HasReason("REVOCATION_MALFORMED"));
}

}  // namespace
}  // namespace tamga::certs
