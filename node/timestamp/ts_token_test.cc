#include "node/timestamp/ts_token.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "certs/test_crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/timestamp/test_authority.h"

namespace tamga::timestamp {
namespace {

using ::testing::HasSubstr;

absl::Time Now() { return certs::TestNow(); }

// Keys are made once for the test program.
const TestTsa& Tsa() {
  static const TestTsa tsa;
  return tsa;
}
const TestTsa& OtherTsa() {
  static const TestTsa tsa;
  return tsa;
}

TsRequest Request() { return {Sha256("checkpoint"), "\x41\x42\x43\x44\x45\x46\x47\x48", ""}; }
TsAuthority Authority() { return {{Tsa().root()}, ""}; }
TimeBounds Bounds() { return {Now() - absl::Minutes(2), Now() + absl::Minutes(2)}; }

std::string Ask(const TsaManner& manner = {}, const TestTsa& tsa = Tsa()) {
  return tsa.Answer(FormatTsRequest(Request()).value(), Now(), manner);
}

absl::StatusOr<GrantedToken> Check(const std::string& response, const TsAuthority& authority = Authority()) {
  return VerifyResponse(response, Request(), authority, Bounds());
}

// Why the certificate of a time-stamp is refused.
std::string CertificateCodeOf(const absl::Status& status) {
  EXPECT_THAT(status, HasReason(kTimestampUntrusted));
  const auto metadata = MetadataOf(status);
  return metadata.count("certificate") == 0 ? "" : metadata.at("certificate");
}

// Of a token that was signed with a certificate like the good one, but for `change`, by the same authority.
std::string CodeWith(const std::function<void(certs::IssueOptions&)>& change) {
  certs::IssueOptions options = TsaCertificate(Now());
  change(options);
  const certs::Issued signer = Tsa().IssueAnother(options);
  TsaManner manner;
  manner.signer = &signer;
  const absl::StatusOr<GrantedToken> granted = Check(Ask(manner));
  return granted.ok() ? "OK" : CertificateCodeOf(granted.status());
}

TEST(TsTokenTest, AGoodAnswerIsTaken) {
  ASSERT_OK_AND_ASSIGN(const GrantedToken granted, Check(Ask()));
  EXPECT_EQ(granted.stamp.time, Now());
  EXPECT_EQ(granted.stamp.accuracy, absl::Seconds(1));
  EXPECT_EQ(granted.stamp.nonce, Request().nonce);
  EXPECT_THAT(granted.stamp.authority, HasSubstr("TSA 1"));
  // And later, from what was kept.
  ASSERT_OK_AND_ASSIGN(const TimeStamp stamp, VerifyToken(granted.token, Request().sha256, Authority()));
  EXPECT_EQ(stamp.time, Now());
  ASSERT_OK_AND_ASSIGN(const TimeStamp read, ReadToken(granted.token));
  EXPECT_EQ(read.time, Now());
}

TEST(TsTokenTest, KeysAndDigestsOfTheListsAreTaken) {
  for (const EVP_MD* digest : {EVP_sha384(), EVP_sha512()}) {
    TsaManner manner;
    manner.digest = digest;
    EXPECT_OK(Check(Ask(manner)));
  }
  for (const char* kind : {"P-384", "RSA-3072"}) {
    EXPECT_EQ(CodeWith([&](certs::IssueOptions& options) { options.key = certs::MakeTestKey(kind); }), "OK") << kind;
  }
  EXPECT_EQ(CodeWith([](certs::IssueOptions& options) { options.key = certs::MakeTestKey("RSA-2048"); }),
            certs::kCertWeakKey);
}

TEST(TsTokenTest, ASignatureWithSha1IsRefused) {
  TsaManner manner;
  manner.digest = EVP_sha1();
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampInvalid));
}

TEST(TsTokenTest, AnAnswerToAnotherRequestIsRefused) {
  TsaManner manner;
  manner.other_sha256 = Sha256("another checkpoint");
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampDiffers));
  manner = {};
  manner.other_nonce = "\x41\x42\x43\x44\x45\x46\x47\x49";
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampDiffers));
  manner = {};
  manner.without_nonce = true;
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampDiffers));
}

TEST(TsTokenTest, ATimeThatIsNotNowIsRefused) {
  for (const absl::Duration error : {-absl::Minutes(3), absl::Minutes(3), -absl::Hours(1), absl::Hours(1)}) {
    TsaManner manner;
    manner.clock_error = error;
    EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampWrongTime)) << error;
  }
  for (const absl::Duration error : {-absl::Minutes(2), absl::Minutes(2)}) {
    TsaManner manner;
    manner.clock_error = error;
    EXPECT_OK(Check(Ask(manner))) << error;
  }
}

TEST(TsTokenTest, ACertificateThatItsIssuersListRevokesIsRefused) {
  const auto code_with = [](const certs::CrlOptions& options) {
    certs::Revocations lists;
    EXPECT_OK(lists.Add("", certs::IssueCrl(options, Tsa().issuing()), Tsa().issuing().certificate));
    TsAuthority authority = Authority();
    authority.revocations = std::make_shared<const certs::Revocations>(std::move(lists));
    const absl::Status status = Check(Ask(), authority).status();
    return status.ok() ? "OK" : MetadataOf(status)["certificate"];
  };
  certs::CrlOptions options;
  options.this_update = Now() - absl::Hours(1);
  options.next_update = Now() + absl::Hours(1);
  EXPECT_EQ(code_with(options), "OK");  // although the root has no list
  options.revoked = {Tsa().certificate()};
  EXPECT_EQ(code_with(options), certs::kCertRevoked);
  options.revoked = {};
  options.next_update = Now() - absl::Minutes(1);
  EXPECT_EQ(code_with(options), certs::kRevocationStale);
}

TEST(TsTokenTest, ATimeThatSaysNextToNothingIsRefused) {
  TsaManner manner;
  manner.accuracy_s = 60;
  EXPECT_OK(Check(Ask(manner)));
  manner.accuracy_s = 61;
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampMalformed));
}

TEST(TsTokenTest, OnlyThePolicyThatWasAskedForIsTaken) {
  TsAuthority authority = Authority();
  authority.policy_oid = kTestPolicy;
  EXPECT_OK(Check(Ask(), authority));
  authority.policy_oid = "1.3.6.1.4.1.99999.2";
  EXPECT_THAT(Check(Ask(), authority), HasReason(kTimestampDiffers));
  // The authority does not know that one.
  TsRequest request = Request();
  request.policy_oid = authority.policy_oid;
  ASSERT_OK_AND_ASSIGN(const std::string asked, FormatTsRequest(request));
  EXPECT_THAT(TokenIn(Tsa().Answer(asked, Now())), HasReason(kTimestampRefused));
  request.policy_oid = "policy";
  EXPECT_THAT(FormatTsRequest(request), HasReason("INVALID_FIELD"));
}

TEST(TsTokenTest, AnotherAuthoritysIsNotTrusted) {
  EXPECT_EQ(CertificateCodeOf(Check(Ask({}, OtherTsa())).status()), certs::kCertUntrusted);
  EXPECT_OK(Check(Ask({}, OtherTsa()), {{Tsa().root(), OtherTsa().root()}, ""}));
  EXPECT_FALSE(Check(Ask(), {{}, ""}).ok());
}

TEST(TsTokenTest, ACertificateThatIsNotForTimeStampsAloneIsRefused) {
  EXPECT_EQ(CodeWith([](certs::IssueOptions&) {}), "OK");
  for (const char* purposes : {"", "timeStamping", "critical,serverAuth", "critical,timeStamping,serverAuth",
                               "critical,anyExtendedKeyUsage", "critical,timeStamping,anyExtendedKeyUsage"}) {
    EXPECT_EQ(CodeWith([&](certs::IssueOptions& options) { options.purposes = purposes; }), certs::kCertBadPurpose)
        << purposes;
  }
  for (const char* usage : {"", "critical,keyEncipherment", "critical,digitalSignature,keyAgreement"}) {
    EXPECT_EQ(CodeWith([&](certs::IssueOptions& options) { options.key_usage = usage; }), certs::kCertBadKeyUsage)
        << usage;
  }
  EXPECT_EQ(
      CodeWith([](certs::IssueOptions& options) { options.key_usage = "critical,digitalSignature,nonRepudiation"; }),
      "OK");
  EXPECT_EQ(CodeWith([](certs::IssueOptions& options) { options.basic_constraints = "critical,CA:TRUE"; }),
            certs::kCertIsAuthority);
}

TEST(TsTokenTest, TheCertificateMustBeGoodWhenItStamps) {
  EXPECT_EQ(CodeWith([](certs::IssueOptions& options) { options.not_after = Now() - absl::Seconds(1); }),
            certs::kCertExpired);
  EXPECT_EQ(CodeWith([](certs::IssueOptions& options) { options.not_before = Now() + absl::Seconds(1); }),
            certs::kCertNotYetValid);
  EXPECT_EQ(CodeWith([](certs::IssueOptions& options) { options.not_after = Now() + absl::Seconds(1); }), "OK");
}

TEST(TsTokenTest, ATokenThatNamesItsCertificateBySha1AloneIsRefused) {
  TsaManner manner;
  manner.by_sha1_id = true;
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampInvalid));
}

TEST(TsTokenTest, ASignatureByAnotherKeyDoesNotVerify) {
  // The certificate stays the one that the token shows.
  const certs::Issued good = Tsa().IssueAnother(TsaCertificate(Now()));
  const certs::Issued forged{good.certificate, certs::MakeTestKey("P-256")};
  TsaManner manner;
  manner.signer = &good;
  EXPECT_OK(Check(Ask(manner)));
  // PKCS7_add_signature asks only for a key, whosever it is.
  manner.signer = &forged;
  EXPECT_THAT(Check(Ask(manner)), HasReason(kTimestampInvalid));
}

TEST(TsTokenTest, WhatIsNotGrantedIsRefused) {
  const absl::Status refused = Check(RejectedResponse()).status();
  EXPECT_THAT(refused, HasReason(kTimestampRefused));
  EXPECT_THAT(refused.message(), HasSubstr("PKIStatus 2, failure 2"));
}

TEST(TsTokenTest, ATokenGrantedWithChangesIsRefused) {
  std::string response = Ask();
  const std::string granted = certs::DerOf(0x30, certs::DerOf(0x02, std::string(1, '\0')));
  const size_t at = response.find(granted);
  ASSERT_NE(at, std::string::npos);
  response[at + 4] = '\x01';  // grantedWithMods
  EXPECT_THAT(Check(response), HasReason(kTimestampRefused));
}

TEST(TsTokenTest, GarbageAndWhatIsTooLongAreRefused) {
  const std::string good = Ask();
  for (const std::string& response :
       {std::string(), std::string("garbage"), std::string(100, '\x30'), good + "x", good.substr(1),
        absl::StrCat(good, std::string(kMaxResponseBytes, 'x')), std::string(kMaxResponseBytes + 1, '\0')}) {
    EXPECT_THAT(Check(response), HasReason(kTimestampMalformed)) << response.size();
  }
  EXPECT_THAT(VerifyToken("garbage", Request().sha256, Authority()), HasReason(kTimestampMalformed));
  EXPECT_THAT(ReadToken(""), HasReason(kTimestampMalformed));
}

TEST(TsTokenTest, AnAnswerThatIsCutAnywhereIsRefused) {
  const std::string good = Ask();
  for (size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(Check(good.substr(0, size)).ok()) << size;
}

// What is flipped outside of what the signature covers may do no harm; then the token still says the same.
TEST(TsTokenTest, NoFlippedBitMakesATokenSaySomethingElse) {
  const std::string token = Tsa().Stamp(Request().sha256, Now());
  int refused = 0;
  for (size_t i = 0; i < token.size(); ++i) {
    std::string flipped = token;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    const absl::StatusOr<TimeStamp> stamp = VerifyToken(flipped, Request().sha256, Authority());
    if (!stamp.ok()) {
      ++refused;
    } else {
      EXPECT_EQ(stamp->time, Now()) << i;
    }
  }
  EXPECT_GT(refused, static_cast<int>(token.size()) / 2);
}

}  // namespace
}  // namespace tamga::timestamp
