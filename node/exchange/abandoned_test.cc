#include "node/exchange/abandoned.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/exchange/message_store.h"
#include "node/exchange/operations.h"
#include "node/exchange/test_node.h"
#include "node/store/sqlite.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr absl::Duration kLife = absl::Hours(1);

class AbandonedTest : public ::testing::Test {
 protected:
  // What a node that is killed before it answers leaves of a request.
  v1::MessageHeader Leave(bool refused) {
    const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
    const v1::SealedMessage message = SealApplication(header, kyrgyz_, states_.rng);
    v1::DecisionRecord decision;
    decision.set_reason(refused ? "NO_GRANT" : "PERMITTED");
    store::Effects left = KeepMessage(KeyOf(header), states_.rng.Bytes(16), refused ? WithoutPayload(message) : message,
                                      {decision}, states_.clock.Now());
    left.writes.push_back([header, sha256 = Sha256(message.header()),
                           forget_at = states_.clock.Now() + kLife](store::Transaction& transaction) {
      return transaction.RecordReceived(header.from(), header.exchange_id(), sha256, forget_at).status();
    });
    EXPECT_OK(node_.parts().sequencer.Commit(std::move(left)));
    return header;
  }

  static MessageKey KeyOf(const v1::MessageHeader& header) {
    return {header.from(), header.exchange_id(), v1::ENTRY_KIND_RECEIVED};
  }

  KeptRow Kept(const v1::MessageHeader& header) {
    absl::StatusOr<KeptRow> kept = FindAndRead(node_.parts().database, node_.parts().vault, KeyOf(header));
    EXPECT_OK(kept);
    return kept.value_or(KeptRow());
  }

  void Run() {
    const absl::StatusOr<bool> more = EraseAbandoned(node_.parts());
    ASSERT_OK(more);
    EXPECT_FALSE(*more);
  }

  TestStates states_;
  TestNode node_{states_, kKazakh};
  const certs::Seal kyrgyz_ = states_.IssueSeal(kKyrgyz);
};

TEST_F(AbandonedTest, WhatARequestToldIsErasedWhenNobodyCanRepeatIt) {
  const v1::MessageHeader header = Leave(false);
  states_.clock.Advance(kLife - absl::Seconds(1));
  Run();
  EXPECT_TRUE(Kept(header).HasPayload());
  EXPECT_TRUE(node_.Entries().empty());

  states_.clock.Advance(absl::Seconds(1));
  Run();
  EXPECT_FALSE(Kept(header).HasPayload());
  EXPECT_EQ(Kept(header).kept.decisions_size(), 0);
  EXPECT_EQ(Kept(header).kept.message().signatures_size(), 1);
  ASSERT_EQ(node_.Entries().size(), 1u);
  const v1::LogEntry erased = node_.Entries().front();
  EXPECT_EQ(erased.kind(), v1::ENTRY_KIND_ERASED);
  EXPECT_EQ(erased.exchange_id(), header.exchange_id());
  EXPECT_EQ(erased.reason(), "NEVER_ANSWERED");
  Run();
  EXPECT_EQ(node_.Entries().size(), 1u);
  EXPECT_TRUE(node_.VerifyLog().intact());
}

// Whoever can write to the file must not be able to keep what others asked for beyond its time.
TEST_F(AbandonedTest, ARowThatWasAlteredKeepsNoOtherFromBeingErased) {
  const v1::MessageHeader altered = Leave(false);
  ASSERT_OK_AND_ASSIGN(const auto file, store::Database::Open(absl::StrCat(node_.folder(), "/exchange.db"),
                                                              store::Database::Access::kReadWrite));
  ASSERT_OK(file->Execute("UPDATE inbox SET mac = x'00'"));
  const v1::MessageHeader sound = Leave(false);
  states_.clock.Advance(kLife);
  Run();
  EXPECT_TRUE(Kept(altered).HasPayload());
  EXPECT_FALSE(Kept(sound).HasPayload());
}

TEST_F(AbandonedTest, OfARefusedRequestThereIsNothingToErase) {
  const v1::MessageHeader header = Leave(true);
  states_.clock.Advance(kLife);
  Run();
  EXPECT_EQ(Kept(header).kept.decisions_size(), 1);
  EXPECT_TRUE(node_.Entries().empty());
}

TEST_F(AbandonedTest, WhatWasAnsweredIsLeftToItsTreaty) {
  const v1::MessageHeader header = states_.RequestHeader(kKyrgyz, kKazakh);
  ASSERT_OK(
      node_.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, SealApplication(header, kyrgyz_, states_.rng)));
  states_.clock.Advance(2 * kLongestLife);
  Run();
  EXPECT_TRUE(Kept(header).HasPayload());
}

}  // namespace
}  // namespace tamga::exchange
