#include "certs/revocations.h"

#include "certs/test_crl.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

struct RevocationsTest : public ::testing::Test {
  absl::Status Add(const CrlOptions& options) {
    return revocations.Add("KAZ", IssueCrl(options, issuer), issuer.certificate);
  }
  absl::StatusOr<Validity> Check(const RevocationBounds& bounds = {TestNow(), absl::ZeroDuration()}) {
    return revocations.Check("KAZ", leaf, issuer.certificate, bounds);
  }

  const Issued issuer = Issue(AuthorityNamed("Issuer"), nullptr);
  const Certificate leaf = Issue(Server(), &issuer).certificate;
  Revocations revocations;
};

TEST_F(RevocationsTest, WhatIsNotKnownIsRefused) {
  EXPECT_THAT(Check(), HasReason("REVOCATION_UNKNOWN"));
  ASSERT_OK(Add({}));
  EXPECT_OK(Check());
  EXPECT_THAT(revocations.Check("KGZ", leaf, issuer.certificate, {TestNow(), absl::ZeroDuration()}),
              HasReason("REVOCATION_UNKNOWN"));
  const Issued same_name = Issue(AuthorityNamed("Issuer"), nullptr);
  EXPECT_THAT(revocations.Check("KAZ", leaf, same_name.certificate, {TestNow(), absl::ZeroDuration()}),
              HasReason("REVOCATION_UNKNOWN"));
}

TEST_F(RevocationsTest, ARevokedCertificateIsRefusedHoweverOldTheList) {
  ASSERT_OK(Add({.revoked = {leaf}}));
  EXPECT_THAT(Check(), HasReason("CERT_REVOKED"));
  EXPECT_THAT(Check({TestNow() + absl::Hours(1000), absl::ZeroDuration()}), HasReason("CERT_REVOKED"));
}

TEST_F(RevocationsTest, AListIsGoodForItsTime) {
  ASSERT_OK(Add({}));
  const absl::Time from = TestNow() - absl::Hours(1);
  const absl::Time until = TestNow() + absl::Hours(24);
  const absl::Duration second = absl::Seconds(1);
  ASSERT_OK_AND_ASSIGN(const Validity validity, Check());
  EXPECT_EQ(validity.not_before, from);
  EXPECT_EQ(validity.not_after, until);
  EXPECT_OK(Check({from, absl::ZeroDuration()}));
  EXPECT_THAT(Check({from - second, absl::ZeroDuration()}), HasReason("REVOCATION_FROM_THE_FUTURE"));
  EXPECT_OK(Check({from - second, second}));
  EXPECT_OK(Check({until, absl::ZeroDuration()}));
  EXPECT_THAT(Check({until + second, absl::ZeroDuration()}), HasReason("REVOCATION_STALE"));
  EXPECT_OK(Check({until + second, second}));
  EXPECT_THAT(Check({TestNow(), absl::ZeroDuration(), absl::Minutes(59)}), HasReason("REVOCATION_STALE"));
  ASSERT_OK_AND_ASSIGN(const Validity shorter, Check({TestNow(), absl::ZeroDuration(), absl::Hours(2)}));
  EXPECT_EQ(shorter.not_after, from + absl::Hours(2));
  EXPECT_EQ(revocations.AsOf("KAZ", issuer.certificate), from);
}

TEST_F(RevocationsTest, AnIssuerDoesNotGoBack) {
  ASSERT_OK(Add({.revoked = {leaf}, .number = 256}));
  EXPECT_THAT(Add({.number = 255}), HasReason("REVOCATION_STALE"));
  EXPECT_THAT(Add({.number = 256}), HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(Check(), HasReason("CERT_REVOKED"));
  EXPECT_OK(Add({.number = 257}));
  EXPECT_OK(Check());
}

TEST_F(RevocationsTest, TheSameListMayComeAgain) {
  const Crl list = IssueCrl({}, issuer);
  ASSERT_OK(revocations.Add("KAZ", list, issuer.certificate));
  EXPECT_OK(revocations.Add("KAZ", list, issuer.certificate));
}

TEST_F(RevocationsTest, OnlyTheIssuersOwnListIsTaken) {
  const Issued other = Issue(AuthorityNamed("Other"), nullptr);
  const Issued same_name = Issue(AuthorityNamed("Issuer"), nullptr);
  IssueOptions options = AuthorityNamed("Issuer");
  options.key = issuer.key;
  options.key_usage = "critical,keyCertSign";
  const Issued may_not_sign_lists = Issue(options, nullptr);
  const Issued impostor = {issuer.certificate, MakeTestKey("P-256")};
  const Issued weak = Issue(
      [] {
        IssueOptions weak_options = AuthorityNamed("Weak");
        weak_options.key = MakeTestKey("P-521");
        return weak_options;
      }(),
      nullptr);
  EXPECT_THAT(revocations.Add("KAZ", IssueCrl({}, other), issuer.certificate), HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(revocations.Add("KAZ", IssueCrl({}, same_name), issuer.certificate), HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(revocations.Add("KAZ", IssueCrl({}, impostor), issuer.certificate), HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(revocations.Add("KAZ", IssueCrl({}, issuer), may_not_sign_lists.certificate),
              HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(revocations.Add("KAZ", IssueCrl({}, weak), weak.certificate), HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(Check(), HasReason("REVOCATION_UNKNOWN"));
}

}  // namespace
}  // namespace tamga::certs
