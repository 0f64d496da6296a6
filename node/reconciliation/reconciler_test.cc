// Two nodes with logs of their own compare them; what is missing in one is put there, or taken out, by the test.
#include "node/reconciliation/reconciler.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/test_node.h"

namespace tamga::reconciliation {
namespace {

using exchange::kKazakh;
using exchange::kKyrgyz;
using ::testing::HasSubstr;

ReconcilerParts PartsOf(exchange::TestNode& node) {
  exchange::DoorParts& parts = node.parts();
  return {parts.own_agency, {parts.own_agency, certs::Role::kNode, "main"},
          parts.log_origin, node.asking(),
          parts.database,   parts.vault,
          parts.sequencer,  parts.pseudonyms,
          parts.clock,      parts.partner_timeout};
}

class ReconcilerTest : public ::testing::Test {
 protected:
  ReconcilerTest() {
    Connect(kazakh_, kyrgyz_, kKazakh, kKyrgyz, kazakh_reconciler_);
    Connect(kyrgyz_, kazakh_, kKyrgyz, kKazakh, kyrgyz_reconciler_);
  }

  void Connect(exchange::TestNode& node, exchange::TestNode& other, const char* own, const char* partner,
               Reconciler& reconciler) {
    node.parts().handlers[v1::OPERATION_LOG_RECONCILE] = &reconciler;
    node.AddPartner(partner, std::make_unique<exchange::PeerFunction>([&other, own, this](const auto& request) {
                      if (down_) return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("down"));
                      absl::StatusOr<v1::SealedMessage> reply =
                          other.answering().Answer({own, certs::Role::kNode, "main"}, request);
                      if (loses_replies_) return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("lost"));
                      return reply;
                    }),
                    other.log_key());
  }

  // `count` exchanges, a minute apart, the Kazakh side asking.
  void Exchange(int count) {
    for (int i = 0; i < count; ++i) {
      kazakh_.AskToTakeBack(kKyrgyz);
      states_.clock.Advance(absl::Minutes(1));
    }
  }

  v1::ReconcileRequest Request() {
    v1::ReconcileRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_AUDIT);
    request.mutable_context()->set_case_reference("AUDIT-1");
    request.set_partner(kKyrgyz);
    *request.mutable_since() = ToProto(since_);
    *request.mutable_until() = ToProto(states_.clock.Now());
    return request;
  }

  absl::StatusOr<v1::ReconcileResponse> Reconcile() { return Reconcile(Request()); }
  absl::StatusOr<v1::ReconcileResponse> Reconcile(const v1::ReconcileRequest& request) {
    return kazakh_reconciler_.Reconcile(
        {{"KAZ/prosecutor-general", certs::Role::kAuditor, "a"}, absl::InfiniteFuture()}, request);
  }

  // An entry that nothing stands behind.
  void Append(exchange::TestNode& node, v1::LogEntry entry) {
    ledger::Submission submission;
    submission.entry = entry.SerializeAsString();
    ASSERT_OK(node.parts().sequencer.Append(std::move(submission)));
  }

  v1::LogEntry EntryOf(exchange::TestNode& node, v1::EntryKind kind) {
    for (const v1::LogEntry& entry : node.Entries()) {
      if (entry.kind() == kind) return entry;
    }
    ADD_FAILURE() << "no such entry";
    return {};
  }

  exchange::TestStates states_{"", exchange::kLogsMayBeCompared};
  const absl::Time since_ = states_.clock.Now();
  exchange::TestNode kazakh_{states_, kKazakh};
  exchange::TestNode kyrgyz_{states_, kKyrgyz};
  Reconciler kazakh_reconciler_{PartsOf(kazakh_)};
  Reconciler kyrgyz_reconciler_{PartsOf(kyrgyz_)};
  bool down_ = false;
  bool loses_replies_ = false;
};

TEST_F(ReconcilerTest, LogsThatAgreeMatchAndBothSidesLogTheResult) {
  Exchange(3);
  ASSERT_OK_AND_ASSIGN(const v1::ReconcileResponse response, Reconcile());
  EXPECT_EQ(response.comparison().matched(), 6u);
  EXPECT_EQ(response.differences_size(), 0);
  EXPECT_EQ(response.comparison().own_root(), response.comparison().partner_root());
  for (exchange::TestNode* node : {&kazakh_, &kyrgyz_}) {
    const v1::LogEntry entry = EntryOf(*node, v1::ENTRY_KIND_RECONCILED);
    EXPECT_EQ(entry.reconciliation().matched(), 6u);
    EXPECT_EQ(entry.reconciliation().own_root(), response.comparison().own_root());
    EXPECT_TRUE(node->VerifyLog().intact());
  }
  EXPECT_TRUE(response.has_partner_log());
  EXPECT_EQ(kazakh_.Entries().at(response.own_log().index()).kind(), v1::ENTRY_KIND_RECONCILED);
  EXPECT_EQ(kyrgyz_.Entries().at(response.partner_log().index()).kind(), v1::ENTRY_KIND_RECONCILED);
}

TEST_F(ReconcilerTest, ARequestThatNeverArrivedIsToldApartFromALostReply) {
  Exchange(1);
  down_ = true;
  Exchange(1);
  down_ = false;
  loses_replies_ = true;
  Exchange(1);
  loses_replies_ = false;
  ASSERT_OK_AND_ASSIGN(const v1::ReconcileResponse response, Reconcile());
  EXPECT_EQ(response.comparison().matched(), 3u);
  EXPECT_EQ(response.comparison().only_here(), 1u);
  EXPECT_EQ(response.comparison().only_there(), 1u);
  ASSERT_EQ(response.differences_size(), 2);
  EXPECT_EQ(response.differences(0).kind(), v1::ENTRY_KIND_SENT);
  EXPECT_THAT(response.differences(0).explanation(), HasSubstr("waits in the outbox"));
  EXPECT_EQ(response.differences(0).own().entry().kind(), v1::ENTRY_KIND_SENT);
  EXPECT_EQ(response.differences(1).kind(), v1::ENTRY_KIND_ANSWERED);
  EXPECT_THAT(response.differences(1).explanation(), HasSubstr("answer was lost"));
  // The other side has the same, seen from there.
  const v1::LogComparison there = EntryOf(kyrgyz_, v1::ENTRY_KIND_RECONCILED).reconciliation();
  EXPECT_EQ(there.only_there(), 1u);
  EXPECT_EQ(there.only_here(), 1u);
  EXPECT_EQ(there.own_root(), response.comparison().partner_root());
}

TEST_F(ReconcilerTest, AnEntryThatOnlyOneLogHasAndOneThatDiffersAreFound) {
  Exchange(2);
  v1::LogEntry invented = EntryOf(kyrgyz_, v1::ENTRY_KIND_RECEIVED);
  invented.set_exchange_id(NewUuidV7(states_.clock.Now() - absl::Seconds(30), states_.rng));
  Append(kyrgyz_, invented);
  v1::LogEntry altered = EntryOf(kazakh_, v1::ENTRY_KIND_SENT);
  altered.set_request_commitment(std::string(32, 'x'));
  Append(kazakh_, altered);
  ASSERT_OK_AND_ASSIGN(const v1::ReconcileResponse response, Reconcile());
  EXPECT_EQ(response.comparison().matched(), 4u);
  ASSERT_EQ(response.differences_size(), 2);
  EXPECT_EQ(response.differences(0).type(), v1::LOG_DIFFERENCE_TYPE_ONLY_HERE);
  EXPECT_THAT(response.differences(0).explanation(), HasSubstr("an entry is missing there"));
  EXPECT_FALSE(response.differences(0).partner_proof().empty());
  EXPECT_EQ(response.differences(1).type(), v1::LOG_DIFFERENCE_TYPE_ONLY_THERE);
  EXPECT_THAT(response.differences(1).explanation(), HasSubstr("an entry is missing here"));
}

TEST_F(ReconcilerTest, OnlyTheTreatyThatIsAskedForIsCompared) {
  Exchange(2);
  v1::ReconcileRequest request = Request();
  request.set_treaty_id("ANOTHER-TREATY");
  ASSERT_OK_AND_ASSIGN(const v1::ReconcileResponse response, Reconcile(request));
  EXPECT_EQ(response.comparison().matched(), 0u);
  EXPECT_EQ(response.comparison().treaty_id(), "ANOTHER-TREATY");
}

TEST_F(ReconcilerTest, ManyDifferencesComeInParts) {
  const v1::LogEntry like = [&] {
    Exchange(1);
    return EntryOf(kyrgyz_, v1::ENTRY_KIND_RECEIVED);
  }();
  for (int i = 0; i < 9'000; ++i) {
    v1::LogEntry invented = like;
    invented.set_exchange_id(NewUuidV7(since_ + absl::Seconds(i % 50), states_.rng));
    Append(kyrgyz_, invented);
  }
  ASSERT_OK_AND_ASSIGN(const v1::ReconcileResponse response, Reconcile());
  EXPECT_EQ(response.comparison().only_there(), 9'000u);
  EXPECT_EQ(response.differences_size(), 1'000);
  EXPECT_TRUE(response.more());
}

TEST_F(ReconcilerTest, WhatIsNotInOrderIsRefused) {
  EXPECT_THAT(Reconcile({}), HasReason("INVALID_FIELD"));
  v1::ReconcileRequest request = Request();
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  EXPECT_THAT(Reconcile(request), HasReason("INVALID_FIELD"));
  request = Request();
  *request.mutable_until() = ToProto(states_.clock.Now() + absl::Hours(1));
  EXPECT_THAT(Reconcile(request), HasReason("INVALID_FIELD"));
  down_ = true;
  states_.clock.Advance(absl::Seconds(1));
  EXPECT_FALSE(Reconcile().ok());
  EXPECT_THAT(kazakh_reconciler_.Reconcile(
                  {{"KGZ/prosecutor-general", certs::Role::kAuditor, "a"}, absl::InfiniteFuture()}, Request()),
              HasReason("OTHER_STATES_LOG"));
}

}  // namespace
}  // namespace tamga::reconciliation
