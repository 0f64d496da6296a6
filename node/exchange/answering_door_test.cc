#include "node/exchange/answering_door.h"

#include <string>
#include <vector>

#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/message.h"
#include "node/exchange/message_store.h"
#include "node/exchange/operations.h"
#include "node/exchange/test_node.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/reconciliation.pb.h"

namespace tamga::exchange {
namespace {

class AnsweringDoorTest : public ::testing::Test {
 protected:
  // Hands over a message of the agency.
  absl::StatusOr<v1::SealedMessage> HandOver(const std::string& agency, const v1::SealedMessage& message) {
    return node_.answering().Answer({agency, certs::Role::kNode, "main"}, message);
  }

  // What the node keeps of the request.
  absl::StatusOr<v1::SealedMessage> Kept(const v1::MessageHeader& request) {
    const MessageKey key = {request.from(), request.exchange_id(), v1::ENTRY_KIND_RECEIVED};
    ASSIGN_OR_RETURN(store::ReadSession session, node_.parts().database.Read());
    ASSIGN_OR_RETURN(const std::vector<store::RecordRow> rows, session->RecordsAfter("message", "", 100));
    for (const store::RecordRow& row : rows) {
      absl::StatusOr<v1::SealedMessage> message = ReadMessage(node_.parts().vault, key, row.blob);
      if (message.ok()) return message;
    }
    return absl::NotFoundError("the request is not kept");
  }

  TestStates states_;
  TestNode node_{states_, kKazakh};
  const certs::Seal kyrgyz_ = states_.IssueSeal(kKyrgyz);
  const certs::Seal uzbek_ = states_.IssueSeal(kUzbek);
};

TEST_F(AnsweringDoorTest, PartnersDoNotShareExchangeIds) {
  const v1::MessageHeader first = states_.RequestHeader(kKyrgyz, kKazakh);
  v1::MessageHeader second = states_.RequestHeader(kUzbek, kKazakh);
  second.set_exchange_id(first.exchange_id());
  const v1::SealedMessage of_kyrgyz = SealApplication(first, kyrgyz_, states_.rng);
  const v1::SealedMessage of_uzbek = SealApplication(second, uzbek_, states_.rng);

  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage to_kyrgyz, HandOver(kKyrgyz, of_kyrgyz));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage to_uzbek, HandOver(kUzbek, of_uzbek));
  EXPECT_EQ(HandOver(kKyrgyz, of_kyrgyz)->SerializeAsString(), to_kyrgyz.SerializeAsString());
  EXPECT_EQ(HandOver(kUzbek, of_uzbek)->SerializeAsString(), to_uzbek.SerializeAsString());
  EXPECT_TRUE(node_.VerifyLog().intact());
}

TEST_F(AnsweringDoorTest, APartnerFillsItsOwnMemoryOfReplaysAndNobodyElses) {
  node_.parts().max_remembered_per_partner = 2;
  const auto send = [&](const char* from, const certs::Seal& seal) {
    return HandOver(from, SealApplication(states_.RequestHeader(from, kKazakh), seal, states_.rng));
  };
  const v1::SealedMessage first = SealApplication(states_.RequestHeader(kKyrgyz, kKazakh), kyrgyz_, states_.rng);
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage reply, HandOver(kKyrgyz, first));
  ASSERT_OK(send(kKyrgyz, kyrgyz_));
  const size_t entries = node_.Entries().size();
  const auto refused = send(kKyrgyz, kyrgyz_);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));  // what can wait at the partner does
  EXPECT_THAT(refused, HasReason("TOO_MANY_REMEMBERED"));
  EXPECT_EQ(node_.Entries().size(), entries);
  // Nor does it fill the operator's log.
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(send(kKyrgyz, kyrgyz_).ok());
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(testing::HasSubstr("message not taken")));
  EXPECT_EQ(HandOver(kKyrgyz, first)->SerializeAsString(), reply.SerializeAsString());
  EXPECT_OK(send(kUzbek, uzbek_));
  EXPECT_TRUE(node_.VerifyLog().intact());
}

// By the time in its id an exchange is found when logs are compared.
TEST_F(AnsweringDoorTest, AnExchangeIdOfAnotherTimeIsRefused) {
  for (const absl::Duration apart : {absl::Hours(24 * 365), -absl::Hours(1)}) {
    v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
    header.set_exchange_id(NewUuidV7(states_.clock.Now() + apart, states_.rng));
    EXPECT_THAT(HandOver(kKyrgyz, SealApplication(header, kyrgyz_, states_.rng)), HasReason("INVALID_HEADER"));
  }
  EXPECT_TRUE(node_.Entries().empty());
  v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  header.set_exchange_id(NewUuidV7(states_.clock.Now() + node_.parts().max_clock_skew, states_.rng));
  EXPECT_OK(HandOver(kKyrgyz, SealApplication(header, kyrgyz_, states_.rng)));
}

TEST_F(AnsweringDoorTest, APartnerWithWhomExchangesHaveStoppedIsNotAnswered) {
  node_.parts().check_partner = [](const std::string& partner) {
    if (partner != kKyrgyz) return absl::OkStatus();
    return Error(absl::StatusCode::kFailedPrecondition, "PARTNER_LOG_CONTRADICTED", "settle it");
  };
  const auto refused =
      HandOver(kKyrgyz, SealApplication(states_.RequestHeader(kKyrgyz, kKazakh), kyrgyz_, states_.rng));
  // So that what can wait at the partner does.
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(refused, HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_TRUE(node_.Entries().empty());
  EXPECT_OK(HandOver(kUzbek, SealApplication(states_.RequestHeader(kUzbek, kKazakh), uzbek_, states_.rng)));
}

// What comes meanwhile is on record, is not lost, and is answered when it comes again.
TEST_F(AnsweringDoorTest, AnAnswerThatCannotBeSealedIsGivenOnceItCan) {
  const v1::SealedMessage message = SealApplication(states_.RequestHeader(kKyrgyz, kKazakh), kyrgyz_, states_.rng);
  states_.keys_in_reach = false;
  for (int i = 0; i < 2; ++i) {
    const auto refused = HandOver(kKyrgyz, message);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(refused, HasReason("SIGNER_UNAVAILABLE"));
  }
  for (const v1::LogEntry& entry : node_.Entries()) EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_RECEIVED);
  states_.keys_in_reach = true;
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage answer, HandOver(kKyrgyz, message));
  EXPECT_EQ(HandOver(kKyrgyz, message)->SerializeAsString(), answer.SerializeAsString());
  int answered = 0;
  for (const v1::LogEntry& entry : node_.Entries()) answered += entry.kind() == v1::ENTRY_KIND_ANSWERED ? 1 : 0;
  EXPECT_EQ(answered, 1);
  EXPECT_TRUE(node_.VerifyLog().intact());
}

TEST_F(AnsweringDoorTest, APartnerWithOtherTreatiesIsNoted) {
  std::vector<std::string> differ;
  node_.parts().treaties_differ = [&](const std::string& partner) { differ.push_back(partner); };
  ASSERT_OK(HandOver(kKyrgyz, SealApplication(states_.RequestHeader(kKyrgyz, kKazakh), kyrgyz_, states_.rng)));
  EXPECT_EQ(differ.size(), 0u);
  v1::MessageHeader other_text = states_.RequestHeader(kKyrgyz, kKazakh);
  other_text.mutable_treaty()->set_document_sha256(std::string(32, 't'));
  v1::MessageHeader other_acts = states_.RequestHeader(kKyrgyz, kKazakh);
  other_acts.mutable_treaty()->set_policy_sha256(std::string(32, 'a'));
  for (const v1::MessageHeader& header : {other_text, other_acts}) {
    ASSERT_OK(HandOver(kKyrgyz, SealApplication(header, kyrgyz_, states_.rng)));
  }
  EXPECT_EQ(differ, std::vector<std::string>(2, kKyrgyz));
}

TEST_F(AnsweringDoorTest, OfADeniedRequestThePayloadIsNotKept) {
  v1::MessageHeader no_grant = states_.RequestHeader(kKyrgyz, kKazakh);
  no_grant.set_purpose(v1::PURPOSE_BORDER_CHECK);
  v1::MessageHeader other_text = states_.RequestHeader(kKyrgyz, kKazakh);
  other_text.mutable_treaty()->set_document_sha256(std::string(32, 't'));
  for (const v1::MessageHeader& header : {no_grant, other_text}) {
    const v1::SealedMessage request = SealApplication(header, kyrgyz_, states_.rng, 100'000);
    ASSERT_OK(HandOver(kKyrgyz, request));
    ASSERT_OK_AND_ASSIGN(const v1::SealedMessage kept, Kept(header));
    EXPECT_EQ(kept.header(), request.header());
    ASSERT_EQ(kept.signatures_size(), 1);
    EXPECT_EQ(kept.signatures(0).SerializeAsString(), request.signatures(0).SerializeAsString());
    EXPECT_EQ(kept.payload().size(), 0u);
  }
  EXPECT_TRUE(node_.VerifyLog().intact());
}

// Each name would be one more by which entries are found.
TEST_F(AnsweringDoorTest, ATreatyThatAPartnerInventsIsNotNamedInTheLog) {
  v1::MessageHeader invented = states_.RequestHeader(kKyrgyz, kKazakh);
  invented.mutable_treaty()->set_id("INVENTED-1");
  ASSERT_OK(HandOver(kKyrgyz, SealApplication(invented, kyrgyz_, states_.rng)));
  ASSERT_EQ(node_.Entries().size(), 2u);
  for (const v1::LogEntry& entry : node_.Entries()) {
    EXPECT_EQ(entry.outcome(), v1::ENTRY_OUTCOME_DENIED);
    EXPECT_EQ(entry.treaty_id(), "");
    EXPECT_EQ(entry.treaty_sha256(), "");
  }
}

TEST_F(AnsweringDoorTest, OfARequestThatExceedsTheTreatyThePayloadIsNotKept) {
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  v1::ReadmissionSubmission excess;
  excess.mutable_application()->set_confession(std::string(100'000, 'A'));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage request,
                       SealMessage(header, excess.GetTypeName(), excess.SerializeAsString(), kyrgyz_, states_.rng));
  ASSERT_OK(HandOver(kKyrgyz, request));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage kept, Kept(header));
  EXPECT_EQ(kept.header(), request.header());
  EXPECT_EQ(kept.payload().size(), 0u);
}

TEST_F(AnsweringDoorTest, APermittedRequestIsKeptWhole) {
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  const v1::SealedMessage request = SealApplication(header, kyrgyz_, states_.rng);
  ASSERT_OK(HandOver(kKyrgyz, request));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage kept, Kept(header));
  EXPECT_EQ(kept.SerializeAsString(), request.SerializeAsString());
}

TEST_F(AnsweringDoorTest, ARequestThatIsRepeatedUnderAnotherIdIsKeptOnce) {
  const v1::MessageHeader first = states_.RequestHeader(kKyrgyz, kKazakh);
  v1::MessageHeader second = states_.RequestHeader(kKyrgyz, kKazakh);
  second.set_idempotency_key(first.idempotency_key());
  v1::ReadmissionSubmission body;
  body.mutable_application()->add_names()->set_surname("SPECIMEN");
  for (const v1::MessageHeader& header : {first, second}) {
    ASSERT_OK_AND_ASSIGN(const v1::SealedMessage message,
                         SealMessage(header, body.GetTypeName(), body.SerializeAsString(), kyrgyz_, states_.rng));
    ASSERT_OK(HandOver(kKyrgyz, message));
    EXPECT_EQ(node_.Entries().back().outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  }
  EXPECT_GT(Kept(first).value().payload().size(), 0u);
  EXPECT_EQ(Kept(second).value().payload().size(), 0u);
}

TEST_F(AnsweringDoorTest, ADeniedRequestThatIsRepeatedGetsTheStoredReply) {
  v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  header.set_purpose(v1::PURPOSE_BORDER_CHECK);
  const v1::SealedMessage request = SealApplication(header, kyrgyz_, states_.rng);
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage first, HandOver(kKyrgyz, request));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage second, HandOver(kKyrgyz, request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  header.set_idempotency_key("other");
  EXPECT_THAT(HandOver(kKyrgyz, SealApplication(header, kyrgyz_, states_.rng)), HasReason("EXCHANGE_ID_REUSED"));
  EXPECT_TRUE(node_.VerifyLog().intact());
}

TEST_F(AnsweringDoorTest, OfAMessageThatComesAgainAndAgainTheFirstTimesAreLogged) {
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  const v1::SealedMessage request = SealApplication(header, kyrgyz_, states_.rng);
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage first, HandOver(kKyrgyz, request));
  for (int i = 0; i < 30; ++i) {
    ASSERT_OK_AND_ASSIGN(const v1::SealedMessage again, HandOver(kKyrgyz, request));
    EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  }
  EXPECT_EQ(node_.Entries().size(), 12u);  // RECEIVED, ANSWERED, and ten times RECEIVED again
  EXPECT_TRUE(node_.VerifyLog().intact());
}

// Cannot be committed while it is told so.
class UnluckyHandler final : public OperationHandler {
 public:
  absl::StatusOr<Answer> HandleRequest(const Incoming& /*request*/) override {
    Answer answer{std::make_unique<v1::LogReconciled>(), {}};
    if (is_unlucky) {
      answer.effects.writes.push_back([](store::Transaction&) { return absl::AbortedError("changed meanwhile"); });
    }
    return answer;
  }
  absl::StatusOr<store::Effects> HandleSettled(const Settled& /*settled*/) override { return store::Effects(); }

  bool is_unlucky = true;
};

// Of a request that is answered at once or not at all.
v1::MessageHeader HeaderOfComparison(TestStates& states) {
  v1::MessageHeader header = states.RequestHeader(kKyrgyz, kKazakh);
  header.set_record_kind(v1::RECORD_KIND_LOG);
  header.set_operation(v1::OPERATION_LOG_RECONCILE);
  header.set_purpose(v1::PURPOSE_AUDIT);
  *header.mutable_expires_at() = ToProto(states.clock.Now() + FindOperation(v1::OPERATION_LOG_RECONCILE)->Life());
  return header;
}

TEST(RepetitionTest, AMessageThatWasNotAnsweredIsAnsweredHoweverOftenItCame) {
  TestStates states("", kLogsMayBeCompared);
  TestNode node(states, kKazakh);
  UnluckyHandler handler;
  node.parts().handlers[v1::OPERATION_LOG_RECONCILE] = &handler;
  const certs::Seal kyrgyz = states.IssueSeal(kKyrgyz);
  const v1::LogReconciliation body;
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage message, SealMessage(HeaderOfComparison(states), body.GetTypeName(),
                                                                    body.SerializeAsString(), kyrgyz, states.rng));
  const auto hand_over = [&] { return node.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, message); };
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(hand_over().ok());
  EXPECT_EQ(node.Entries().size(), 11u);
  handler.is_unlucky = false;
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage answered, hand_over());
  EXPECT_EQ(node.Entries().size(), 12u);
  v1::Payload payload;
  v1::ExchangeReply reply;
  ASSERT_TRUE(payload.ParseFromString(answered.payload()));
  ASSERT_TRUE(reply.ParseFromString(payload.body()));
  ASSERT_OK_AND_ASSIGN(const ledger::TlogProof proof, ledger::ParseTlogProof(reply.receipt().proof()));
  EXPECT_OK(ledger::VerifyTlogProof(proof, reply.receipt().entry(), node.log_key(), certs::VerifyEd25519));
}

TEST_F(AnsweringDoorTest, SignaturesThatNobodyChecksAreBoundedToo) {
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  v1::SealedMessage request = SealApplication(header, kyrgyz_, states_.rng);
  v1::Signature& unchecked = *request.add_signatures();
  unchecked.set_algorithm(certs::kGost256);
  unchecked.set_value(std::string(64 << 10, 's'));
  EXPECT_THAT(HandOver(kKyrgyz, request), HasReason("MESSAGE_TOO_LARGE"));
  unchecked.set_value(std::string(60 << 10, 's'));
  EXPECT_OK(HandOver(kKyrgyz, request));
}

class CountingHandler final : public OperationHandler {
 public:
  absl::StatusOr<Answer> HandleRequest(const Incoming& /*request*/) override {
    ++asked;
    return Answer{std::make_unique<v1::LogReconciled>(), {}};
  }
  absl::StatusOr<store::Effects> HandleSettled(const Settled& /*settled*/) override { return store::Effects(); }

  int asked = 0;
};

TEST(AnswerOfTheMomentTest, IsGivenAnewHoweverOldTheKey) {
  TestStates states("", kLogsMayBeCompared);
  TestNode node(states, kKazakh);
  CountingHandler handler;
  node.parts().handlers[v1::OPERATION_LOG_RECONCILE] = &handler;
  const certs::Seal kyrgyz = states.IssueSeal(kKyrgyz);
  const v1::LogReconciliation body;
  for (int i = 0; i < 2; ++i) {
    v1::MessageHeader header = HeaderOfComparison(states);
    header.set_idempotency_key("always-the-same");
    ASSERT_OK_AND_ASSIGN(const v1::SealedMessage message,
                         SealMessage(header, body.GetTypeName(), body.SerializeAsString(), kyrgyz, states.rng));
    ASSERT_OK(node.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, message));
    EXPECT_EQ(node.Entries().back().outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  }
  EXPECT_EQ(handler.asked, 2);
}

}  // namespace
}  // namespace tamga::exchange
