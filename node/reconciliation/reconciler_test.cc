// Two nodes with logs of their own compare them; what is missing in one is put there, or taken out, by the test.
#include "node/reconciliation/reconciler.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
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
                      if (during_) std::exchange(during_, nullptr)();
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
  void Append(exchange::TestNode& node, const v1::LogEntry& entry) {
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
  std::function<void()> during_;  // while a question is on its way
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

// What the Kazakh node tells the Kyrgyz one of a comparison that it may never have made.
class ToldResultTest : public ReconcilerTest {
 protected:
  void SetUp() override {
    Exchange(3);
    ASSERT_OK_AND_ASSIGN(v1::ReconcileResponse response, Reconcile());
    told_.mutable_since()->CopyFrom(response.comparison().since());
    told_.mutable_until()->CopyFrom(response.comparison().until());
    told_.set_window_seconds(60);
    *told_.mutable_result() = response.comparison();
  }

  absl::Status Tell(const v1::LogReconciliation& told) {
    exchange::Outgoing outgoing;
    outgoing.caller = {kKazakh, certs::Role::kNode, "main"};
    outgoing.context.set_purpose(v1::PURPOSE_AUDIT);
    outgoing.context.set_case_reference("AUDIT-1");
    outgoing.to = kKyrgyz;
    outgoing.record_kind = v1::RECORD_KIND_LOG;
    outgoing.operation = v1::OPERATION_LOG_RECONCILE;
    outgoing.body = std::make_shared<v1::LogReconciliation>(told);
    outgoing.deadline = absl::InfiniteFuture();
    return kazakh_.asking().Ask(outgoing).status;
  }
  size_t Reconciled() {
    size_t count = 0;
    for (const v1::LogEntry& entry : kyrgyz_.Entries()) count += entry.kind() == v1::ENTRY_KIND_RECONCILED ? 1 : 0;
    return count;
  }

  v1::LogReconciliation told_;
};

TEST_F(ToldResultTest, WhatIsRightIsLogged) {
  EXPECT_OK(Tell(told_));
  EXPECT_EQ(Reconciled(), 2u);
}

TEST_F(ToldResultTest, WhatTheOwnLogContradictsIsNotLogged) {
  const auto spoilt = [this](const std::function<void(v1::LogComparison&)>& spoil) {
    v1::LogReconciliation told = told_;
    spoil(*told.mutable_result());
    return told;
  };
  for (const v1::LogReconciliation& told : {
           spoilt([](auto& r) { r.mutable_since()->set_seconds(r.since().seconds() - 86'400); }),
           spoilt([](auto& r) { r.mutable_until()->set_seconds(r.until().seconds() + 60); }),
           spoilt([](auto& r) { r.set_treaty_id("TEST-READMISSION"); }),
           spoilt([](auto& r) { r.set_matched(4'711); }),
           spoilt([](auto& r) { r.set_only_here(500); }),
           spoilt([](auto& r) { r.set_matched(0), r.set_only_there(6); }),
           spoilt([](auto& r) { r.set_differs(UINT64_MAX), r.set_matched(7); }),
           spoilt([](auto& r) { r.set_own_root(std::string(32, 'x')); }),
           spoilt([](auto& r) { r.set_own_root("x"), r.set_only_here(1); }),
       }) {
    EXPECT_THAT(Tell(told), HasReason("INVALID_FIELD")) << told.result().ShortDebugString();
  }
  EXPECT_EQ(Reconciled(), 1u);
}

TEST_F(ReconcilerTest, OneComparisonWithAPartnerRunsAtATime) {
  Exchange(1);
  absl::Status second;
  during_ = [&] { second = Reconcile().status(); };
  ASSERT_OK(Reconcile());
  EXPECT_THAT(second, HasReason("COMPARISON_RUNNING"));
  EXPECT_OK(Reconcile());
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
