#include "node/exchange/asking_door.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/exchange/test_node.h"
#include "node/ledger/checkpoint.h"

namespace tamga::exchange {
namespace {

struct HeaderChange {
  const char* what;
  std::function<void(v1::MessageHeader&)> make;
};

class AskingDoorTest : public ::testing::Test {
 protected:
  AskingDoorTest() {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const auto& request) { return Answer(request); }),
                       kyrgyz_.log_key());
  }

  // The partner's reply, in order but for what `change_` does to its header before the partner seals it.
  absl::StatusOr<v1::SealedMessage> Answer(const v1::SealedMessage& request) {
    RETURN_IF_ERROR(refusal_);
    ASSIGN_OR_RETURN(v1::SealedMessage reply,
                     kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request));
    v1::MessageHeader header;
    EXPECT_TRUE(header.ParseFromString(reply.header()));
    change_(header);
    reply.set_header(header.SerializeAsString());
    ASSIGN_OR_RETURN(*reply.mutable_signatures(0), kyrgyz_.seal().Sign(certs::kReplyType, reply.header()));
    return reply;
  }

  TestStates states_;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  std::function<void(v1::MessageHeader&)> change_ = [](v1::MessageHeader&) {};
  absl::Status refusal_;  // of the partner's node, in the place of a reply
};

TEST_F(AskingDoorTest, WhatCannotBeSealedIsToldToComeAgainAndLeavesNothing) {
  states_.keys_in_reach = false;
  const AskResult refused = kazakh_.AskToTakeBack(kKyrgyz);
  EXPECT_THAT(refused.status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(refused.status, HasReason("SIGNER_UNAVAILABLE"));
  EXPECT_TRUE(kazakh_.Entries().empty());
  states_.keys_in_reach = true;
  EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
}

TEST_F(AskingDoorTest, AReplyInOrderIsDelivered) {
  const AskResult result = kazakh_.AskToTakeBack(kKyrgyz);
  EXPECT_OK(result.status);
  EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
}

TEST_F(AskingDoorTest, WhatTheServiceWithholdsIsOnRecordWithoutWhatCouldTellWhy) {
  Outgoing question = kazakh_.QuestionTo(kKyrgyz);
  question.facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_YES);
  question.withheld = Error(absl::StatusCode::kFailedPrecondition, "SAFEGUARD_STANDS", "ask the protection officer");
  refusal_ = absl::InternalError("nothing is to be sent");
  const AskResult result = kazakh_.asking().Ask(question);
  EXPECT_EQ(result.status, question.withheld);
  EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_REFUSED);
  EXPECT_EQ(result.summary.articles_size(), 0);
  const std::vector<v1::LogEntry> entries = kazakh_.Entries();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind(), v1::ENTRY_KIND_WITHHELD);
  EXPECT_EQ(entries[0].reason(), "SAFEGUARD_STANDS");
  EXPECT_EQ(entries[0].outcome(), v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(entries[0].articles_size(), 0);
  EXPECT_EQ(entries[0].treaty_id(), "");
  EXPECT_EQ(entries[0].withheld_fields_size(), 0);
}

TEST_F(AskingDoorTest, APartnerWithWhomExchangesHaveStoppedIsNotAsked) {
  absl::Status stopped = Error(absl::StatusCode::kFailedPrecondition, "PARTNER_LOG_CONTRADICTED", "settle it");
  kazakh_.parts().check_partner = [&](const std::string& partner) {
    EXPECT_EQ(partner, kKyrgyz);
    return stopped;
  };
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_TRUE(kazakh_.Entries().empty());
  stopped = absl::OkStatus();
  EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
}

// A list that is late there, or a certificate that was replaced while a connection stood, is not to lose what can wait.
TEST_F(AskingDoorTest, ARequestWaitsUntilCertificatesAndListsAreInOrder) {
  const auto ask_refused = [&](absl::string_view reason, const std::map<std::string, std::string>& particulars) {
    refusal_ = Error(absl::StatusCode::kUnauthenticated, reason, "refused", particulars);
    return kazakh_.AskToTakeBack(kKyrgyz).summary.delivery_state();
  };
  for (const char* reason : {"CERT_EXPIRED", "CERT_REVOKED", "REVOCATION_STALE", "REVOCATION_UNKNOWN"}) {
    EXPECT_EQ(ask_refused(reason, {}), v1::DELIVERY_STATE_QUEUED) << reason;
  }
  EXPECT_EQ(ask_refused("SEAL_UNTRUSTED", {{"certificate", "REVOCATION_STALE"}}), v1::DELIVERY_STATE_QUEUED);
  // It is not sealed again.
  EXPECT_EQ(ask_refused("SEAL_UNTRUSTED", {{"certificate", "CERT_REVOKED"}}), v1::DELIVERY_STATE_EXPIRED);
  EXPECT_EQ(ask_refused("SEAL_UNTRUSTED", {}), v1::DELIVERY_STATE_EXPIRED);
  EXPECT_EQ(ask_refused("SEAL_INVALID", {}), v1::DELIVERY_STATE_EXPIRED);
}

TEST_F(AskingDoorTest, EachReceiptShowsACheckpoint) {
  std::vector<std::string> seen;
  kazakh_.parts().checkpoint_seen = [&](const std::string& partner, const std::string& checkpoint) {
    EXPECT_EQ(partner, kKyrgyz);
    EXPECT_OK(ledger::OpenCheckpoint(checkpoint, kyrgyz_.log_key(), certs::VerifyEd25519));
    seen.push_back(checkpoint);
  };
  EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
  EXPECT_EQ(seen.size(), 1u);
}

TEST_F(AskingDoorTest, AReplyThatSaysAnythingElseOfTheRequestIsNotDelivered) {
  const std::string other_hash(32, 'h');
  for (const HeaderChange& change : {
           HeaderChange{"another exchange", [](auto& h) { h.mutable_exchange_id()->back() ^= 1; }},
           HeaderChange{"another request", [&](auto& h) { h.set_request_hash(other_hash); }},
           HeaderChange{"another treaty", [](auto& h) { h.mutable_treaty()->set_id("PALERMO-TIP-2000"); }},
           HeaderChange{"another text", [&](auto& h) { h.mutable_treaty()->set_document_sha256(other_hash); }},
           HeaderChange{"no treaty", [](auto& h) { h.clear_treaty(); }},
           HeaderChange{"another purpose", [](auto& h) { h.set_purpose(v1::PURPOSE_BORDER_CHECK); }},
           HeaderChange{"another operation", [](auto& h) { h.set_operation(v1::OPERATION_READMISSION_REPLY); }},
           HeaderChange{"another operation on another kind of record",
                        [](auto& h) {
                          h.set_operation(v1::OPERATION_WATCHLIST_CHECK);
                          h.set_record_kind(v1::RECORD_KIND_WATCHLIST);
                        }},
           HeaderChange{"another asker", [](auto& h) { h.mutable_asker()->set_officer("4711"); }},
           HeaderChange{"another case", [](auto& h) { h.mutable_asker()->set_case_reference("TEST-2"); }},
           HeaderChange{"another idempotency key", [](auto& h) { h.set_idempotency_key("other"); }},
       }) {
    change_ = change.make;
    EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, HasReason("WRONG_REPLY")) << change.what;
  }
}

}  // namespace
}  // namespace tamga::exchange
