#include "node/exchange/quota.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/exchange/message_store.h"
#include "node/exchange/refusal.h"
#include "node/exchange/test_node.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr int kAmount = 3;
constexpr absl::Duration kWindow = absl::Hours(24);

std::string QuotaOf(const char* bearer) {
  return absl::StrCat("{ type: OBLIGATION_TYPE_QUOTA bearer: ", bearer, " amount: ", kAmount, " window_hours: 24 }\n");
}

std::string Quota(const char* bearer) { return absl::StrCat("obligations ", QuotaOf(bearer)); }

// A treaty whose one duty is a quota.
std::string SparingTreaty(const char* bearer) {
  return absl::StrCat(R"text(id: "TEST-SPARING"
version: 1
title: "A treaty that one side has not ratified"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "KAZ" agencies: "KAZ/interior-ministry" }
parties { state: "KGZ" agencies: "KGZ/interior-ministry" }
articles { number: "1" summary: "Not too much is answered." }
duties {
  id: "sparing"
  cites: "1"
  scope { record_kinds: RECORD_KIND_READMISSION }
)text",
                      "obligation ", QuotaOf(bearer), "}\n");
}

class QuotaTest : public ::testing::TestWithParam<const char*> {
 protected:
  QuotaTest() : states_(Quota(GetParam())) {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const auto& request) {
                         ++handed_over_;
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
  }

  AskResult Ask() { return kazakh_.AskToTakeBack(kKyrgyz); }

  static bool IsAskers() { return GetParam() == std::string("BEARER_ASKER"); }

  TestStates states_;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  std::atomic<int> handed_over_ = 0;
};

TEST_P(QuotaTest, ExactlyTheAmountIsLetThroughHoweverManyAskAtOnce) {
  std::vector<AskResult> results(12);
  std::vector<std::thread> askers;
  for (AskResult& result : results) askers.emplace_back([&] { result = Ask(); });
  for (std::thread& asker : askers) asker.join();
  int passed = 0;
  for (const AskResult& result : results) {
    passed += result.status.ok() ? 1 : 0;
    if (result.status.ok()) continue;
    EXPECT_THAT(result.status, StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(result.status, HasReason("QUOTA_EXCEEDED"));
    EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_REFUSED);
  }
  EXPECT_EQ(passed, kAmount);
  EXPECT_EQ(handed_over_, IsAskers() ? kAmount : 12);
  EXPECT_TRUE(kazakh_.VerifyLog().intact());
  EXPECT_TRUE(kyrgyz_.VerifyLog().intact());
}

TEST_P(QuotaTest, ADenialIsOnRecordWithTheSideThatKeepsTheQuota) {
  for (int i = 0; i < kAmount; ++i) ASSERT_OK(Ask().status);
  ASSERT_THAT(Ask().status, HasReason("QUOTA_EXCEEDED"));
  std::vector<v1::LogEntry> denied;
  for (TestNode* node : {&kazakh_, &kyrgyz_}) {
    for (v1::LogEntry& entry : node->Entries()) {
      if (entry.reason() == "QUOTA_EXCEEDED") denied.push_back(std::move(entry));
    }
  }
  ASSERT_EQ(denied.size(), IsAskers() ? 1u : 3u);  // received, answered, delivered
  for (const v1::LogEntry& entry : denied) {
    EXPECT_EQ(entry.outcome(), v1::ENTRY_OUTCOME_DENIED);
    EXPECT_EQ(entry.disclosure(), v1::DISCLOSURE_LEVEL_NONE);
    EXPECT_EQ(entry.treaty_id(), "TEST-READMISSION");
  }
  EXPECT_EQ(denied[0].kind(), IsAskers() ? v1::ENTRY_KIND_WITHHELD : v1::ENTRY_KIND_DELIVERED);
}

TEST_P(QuotaTest, TheWindowMoves) {
  for (int i = 0; i < kAmount; ++i) {
    ASSERT_OK(Ask().status);
    states_.clock.Advance(absl::Hours(1));
  }
  EXPECT_THAT(Ask().status, HasReason("QUOTA_EXCEEDED"));
  states_.clock.Advance(kWindow - absl::Hours(kAmount));
  EXPECT_OK(Ask().status);
  EXPECT_THAT(Ask().status, HasReason("QUOTA_EXCEEDED"));
}

INSTANTIATE_TEST_SUITE_P(EachSide, QuotaTest, ::testing::Values("BEARER_ASKER", "BEARER_ANSWERER"),
                         [](const auto& tested) { return std::string(tested.param).substr(7); });

TEST(QuotaOfMessagesTest, AMessageThatComesAgainCountsOnce) {
  TestStates states(Quota("BEARER_ANSWERER"));
  TestNode node(states, kKazakh);
  const certs::Seal kyrgyz = states.IssueSeal(kKyrgyz);
  const auto hand_over = [&](const v1::SealedMessage& message) {
    return node.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, message);
  };
  for (int i = 0; i < kAmount; ++i) {
    const v1::SealedMessage message = SealApplication(states.RequestHeader(kKyrgyz, kKazakh), kyrgyz, states.rng);
    for (int again = 0; again < 3; ++again) ASSERT_OK(hand_over(message));
  }
  for (const v1::LogEntry& entry : node.Entries()) EXPECT_EQ(entry.outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  ASSERT_OK(hand_over(SealApplication(states.RequestHeader(kKyrgyz, kKazakh), kyrgyz, states.rng)));
  EXPECT_EQ(node.Entries().back().reason(), "QUOTA_EXCEEDED");
  // What another agency asks is counted apart.
  const certs::Seal uzbek = states.IssueSeal(kUzbek);
  ASSERT_OK(node.answering().Answer({kUzbek, certs::Role::kNode, "main"},
                                    SealApplication(states.RequestHeader(kUzbek, kKazakh), uzbek, states.rng)));
  EXPECT_EQ(node.Entries().back().outcome(), v1::ENTRY_OUTCOME_PERMITTED);
}

TEST(QuotaOfMessagesTest, ATextThatBindsTheAnswererAloneIsCountedByItWhoeverElseIsToCount) {
  for (const char* bearer : {"BEARER_ANSWERER", "BEARER_BOTH"}) {
    TestStates states("", "", {{SparingTreaty(bearer), {"KGZ"}}});
    TestNode node(states, kKyrgyz);
    const certs::Seal kazakh = states.IssueSeal(kKazakh);
    for (int i = 0; i <= kAmount; ++i) {
      ASSERT_OK(node.answering().Answer({kKazakh, certs::Role::kNode, "main"},
                                        SealApplication(states.RequestHeader(kKazakh, kKyrgyz), kazakh, states.rng)));
      EXPECT_EQ(node.Entries().back().reason(), i < kAmount ? "" : "QUOTA_EXCEEDED") << bearer << i;
    }
  }
}

// What a node that was killed leaves of a message that it had refused and not answered yet.
store::Effects RefusedAndUnanswered(const TestStates& states, const v1::MessageHeader& header,
                                    const v1::SealedMessage& message, Rng& rng) {
  store::Effects left = KeepMessage({header.from(), header.exchange_id(), v1::ENTRY_KIND_RECEIVED}, rng.Bytes(16),
                                    WithoutPayload(message), {}, states.clock.Now());
  left.writes.push_back([header, sha256 = Sha256(message.header()),
                         forget_at = states.clock.Now() + absl::Hours(200)](store::Transaction& transaction) {
    return transaction.RecordReceived(header.from(), header.exchange_id(), sha256, forget_at).status();
  });
  return left;
}

TEST(QuotaOfMessagesTest, AMessageThatWasRefusedAndComesAgainCountsWhenItIsLetThrough) {
  TestStates states(Quota("BEARER_ANSWERER"));
  TestNode node(states, kKazakh);
  const certs::Seal kyrgyz = states.IssueSeal(kKyrgyz);
  int passed = 0;
  for (int i = 0; i < kAmount + 2; ++i) {
    const v1::MessageHeader header = states.RequestHeader(kKyrgyz, kKazakh);
    const v1::SealedMessage message = SealApplication(header, kyrgyz, states.rng);
    ASSERT_OK(node.parts().sequencer.Commit(RefusedAndUnanswered(states, header, message, states.rng)));
    ASSERT_OK(node.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, message));
    const bool let_through = node.Entries().back().outcome() == v1::ENTRY_OUTCOME_PERMITTED;
    passed += let_through ? 1 : 0;
    ASSERT_OK_AND_ASSIGN(const KeptRow kept, FindAndRead(node.parts().database, node.parts().vault,
                                                         {kKyrgyz, header.exchange_id(), v1::ENTRY_KIND_RECEIVED}));
    EXPECT_EQ(kept.HasPayload(), let_through);
  }
  EXPECT_EQ(passed, kAmount);
}

TEST(QuotaOfTheAnswererTest, ATextThatBindsTheAnswererAloneCountsWhatItIsAsked) {
  TestStates states("", "", {{SparingTreaty("BEARER_ANSWERER"), {"KGZ"}}});
  TestNode kazakh(states, kKazakh);
  TestNode kyrgyz(states, kKyrgyz);
  kazakh.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([&](const auto& request) {
                      return kyrgyz.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                    }),
                    kyrgyz.log_key());
  // Whether there is an answer or not.
  kyrgyz.handler().refusal = NotServed();
  for (int i = 0; i < kAmount; ++i) EXPECT_THAT(kazakh.AskToTakeBack(kKyrgyz).status, HasReason("NOT_SERVED"));
  kyrgyz.handler().refusal = absl::OkStatus();
  EXPECT_THAT(kazakh.AskToTakeBack(kKyrgyz).status, HasReason("QUOTA_EXCEEDED"));
  EXPECT_EQ(kyrgyz.Entries().back().reason(), "QUOTA_EXCEEDED");
  EXPECT_TRUE(kyrgyz.VerifyLog().intact());
}

}  // namespace
}  // namespace tamga::exchange
