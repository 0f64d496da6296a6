#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/operations.h"
#include "node/exchange/reply_checks.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::exchange {
namespace {

policy::Decision HitOnly() {
  policy::Decision decision;
  decision.permitted = true;
  decision.articles = {"T art. 1"};
  decision.reply.set_level(v1::DISCLOSURE_LEVEL_PARTIAL);
  return decision;
}

absl::Status Check(const v1::ExchangeReply& reply) {
  return CheckReply(reply, HitOnly(), *v1::WatchlistAnswer::descriptor());
}

TEST(CheckReply, AcceptsWhatTheTreatySays) {
  v1::ExchangeReply reply;
  reply.add_articles("T art. 1");
  reply.add_withheld_fields("candidates.alert.warnings");
  reply.set_disclosure(v1::DISCLOSURE_LEVEL_PARTIAL);
  EXPECT_OK(Check(reply));
}

TEST(CheckReply, RefusesTextThatWouldReachTheLog) {
  v1::ExchangeReply article;
  article.add_articles("victim: somebody");
  v1::ExchangeReply field;
  field.add_withheld_fields("somebody.born.1990");
  v1::ExchangeReply repeated;
  for (int i = 0; i < 2; ++i) repeated.add_articles("T art. 1");
  v1::ExchangeReply more;
  more.set_disclosure(v1::DISCLOSURE_LEVEL_FULL);
  v1::ExchangeReply unknown;
  unknown.set_disclosure(static_cast<v1::DisclosureLevel>(77));
  v1::ExchangeReply reason;
  reason.mutable_refusal()->set_reason("somebody born 1990-01-01");
  v1::ExchangeReply long_reason;
  long_reason.mutable_refusal()->set_reason(std::string(41, 'A'));
  v1::ExchangeReply terminal;
  terminal.mutable_refusal()->set_reason("NO_GRANT");
  terminal.mutable_refusal()->set_explanation("\x1b[2J");
  v1::ExchangeReply long_text = terminal;
  long_text.mutable_refusal()->set_explanation(std::string(2000, 'a'));
  v1::ExchangeReply result_too;
  result_too.mutable_refusal()->set_reason("NO_GRANT");
  result_too.set_result("x");
  for (const v1::ExchangeReply& reply :
       {article, field, repeated, more, unknown, reason, long_reason, terminal, long_text, result_too}) {
    EXPECT_THAT(Check(reply), HasReason("REPLY_NOT_IN_ORDER")) << reply.ShortDebugString();
  }
}

TEST(ReasonCode, LetsOnlyCodesThrough) {
  EXPECT_EQ(ReasonCode("PARTNER_UNAVAILABLE"), "PARTNER_UNAVAILABLE");
  EXPECT_EQ(ReasonCode("passport AN1234567"), "OTHER");
  EXPECT_EQ(ReasonCode(""), "OTHER");
}

TEST(ParseStrictly, RefusesTimesThatDoNotExist) {
  v1::ReadmissionReceived message;
  message.mutable_reply_due_at()->set_seconds(1'790'000'000);
  EXPECT_OK(ParseStrictly(v1::ReadmissionReceived::default_instance(), message.SerializeAsString()));
  message.mutable_reply_due_at()->set_seconds(-9'000'000'000'000);
  EXPECT_THAT(ParseStrictly(v1::ReadmissionReceived::default_instance(), message.SerializeAsString()),
              HasReason("INVALID_BODY"));
  message.mutable_reply_due_at()->set_seconds(0);
  message.mutable_reply_due_at()->set_nanos(-1);
  EXPECT_THAT(ParseStrictly(v1::ReadmissionReceived::default_instance(), message.SerializeAsString()),
              HasReason("INVALID_BODY"));
}

TEST(Operations, AreKnownByTheirNumberAlone) {
  ASSERT_NE(FindOperation(v1::OPERATION_WATCHLIST_CHECK), nullptr);
  EXPECT_EQ(FindOperation(v1::OPERATION_WATCHLIST_CHECK)->delivery, Delivery::kNow);
  EXPECT_EQ(FindOperation(v1::OPERATION_READMISSION_SUBMIT)->delivery, Delivery::kDeferred);
  EXPECT_EQ(FindOperation(static_cast<v1::Operation>(99)), nullptr);
}

}  // namespace
}  // namespace tamga::exchange
