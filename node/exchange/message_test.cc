#include "node/exchange/message.h"

#include <memory>

#include "certs/p256.h"
#include "certs/test_crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/operations.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kSealLife = absl::Hours(24 * 30);

class MessageTimeTest : public ::testing::Test {
 protected:
  absl::Status Open(const v1::SealedMessage& message) {
    const OpenRules rules{v1::MESSAGE_KIND_REQUEST, kKyrgyz, kKazakh, states_.clock.Now(), absl::Minutes(2)};
    return OpenMessage(message, rules, states_.seal_verifier()).status();
  }
  v1::SealedMessage Sealed(const v1::MessageHeader& header) { return SealApplication(header, seal_, states_.rng); }

  TestStates states_;
  const certs::Seal seal_ = states_.IssueSeal(kKyrgyz, kSealLife);
};

TEST_F(MessageTimeTest, ASealIsJudgedByTheTimeAtWhichItWasMade) {
  states_.clock.Advance(kSealLife - absl::Hours(1));
  const v1::SealedMessage message = Sealed(states_.RequestHeader(kKyrgyz, kKazakh));
  EXPECT_OK(Open(message));
  states_.clock.Advance(absl::Hours(24 * 6));
  EXPECT_OK(Open(message));
  // Nothing new is sealed with it, and nothing by a certificate that began only later.
  EXPECT_THAT(Open(Sealed(states_.RequestHeader(kKyrgyz, kKazakh))), HasReason("SEAL_UNTRUSTED"));
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  states_.clock.Advance(absl::Hours(24));
  const certs::Seal later = states_.IssueSeal(kKyrgyz, kSealLife);
  EXPECT_THAT(Open(SealApplication(header, later, states_.rng)), HasReason("SEAL_UNTRUSTED"));
}

TEST_F(MessageTimeTest, AListThatIsNewerThanTheSealSpeaksOfIt) {
  const v1::SealedMessage message = Sealed(states_.RequestHeader(kKyrgyz, kKazakh));
  states_.clock.Advance(absl::Hours(24));
  const certs::StateAuthority::Files files = states_.AuthorityFiles("KGZ");
  const certs::Issued issuer = {certs::ParsePemChain(files.issuing_pem)->front(),
                                certs::ParsePrivateKeyPem(files.issuing_key_pem).value()};
  const absl::Time now = states_.clock.Now();
  certs::CrlOptions options;
  options.this_update = now - absl::Minutes(30);
  options.next_update = now + absl::Hours(24);
  const auto take = [&] {
    auto lists = std::make_shared<certs::Revocations>();
    ASSERT_OK(lists->Add("KGZ", certs::IssueCrl(options, issuer), issuer.certificate));
    states_.trust().Replace(std::make_shared<const certs::TrustStore>(
        states_.trust().Get()->With(lists, {"KGZ"}, absl::InfiniteDuration())));
  };
  take();
  EXPECT_OK(Open(message));
  options.revoked = {seal_.chain().front()};
  take();
  EXPECT_THAT(Open(message), HasReason("SEAL_UNTRUSTED"));
}

TEST_F(MessageTimeTest, NoDatingBackReachesFurtherThanAMessageLives) {
  v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  states_.clock.Advance(kSealLife + absl::Hours(24 * 30));
  EXPECT_THAT(Open(Sealed(header)), HasReason("SEAL_UNTRUSTED"));
  *header.mutable_expires_at() = ToProto(states_.clock.Now() + absl::Hours(1));
  EXPECT_THAT(Open(Sealed(header)), HasReason("SEAL_UNTRUSTED"));
  header.mutable_issued_at()->set_seconds(1'000'000'000'000'000);
  EXPECT_THAT(Open(Sealed(header)), HasReason("SEAL_UNTRUSTED"));
  header.clear_issued_at();
  EXPECT_THAT(Open(Sealed(header)), HasReason("SEAL_UNTRUSTED"));
}

TEST_F(MessageTimeTest, WhatIsAnsweredAtOnceDoesNotLiveForDays) {
  v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  EXPECT_OK(Open(Sealed(header)));
  header.set_operation(v1::OPERATION_WATCHLIST_CHECK);
  header.set_record_kind(v1::RECORD_KIND_WATCHLIST);
  const absl::Status status = Open(Sealed(header));
  EXPECT_THAT(status, HasReason("INVALID_HEADER"));
  EXPECT_THAT(status.message(), HasSubstr("expires_at: must be after issued_at, by at most 5m"));
}

}  // namespace
}  // namespace tamga::exchange
