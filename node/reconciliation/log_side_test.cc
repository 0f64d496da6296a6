#include "node/reconciliation/log_side.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/exchange/test_node.h"

namespace tamga::reconciliation {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'795'089'600);

TEST(LogSideTest, AnExchangeIdTellsItsTime) {
  SystemRng rng;
  for (int i = 0; i < 1000; i += 37) {
    const absl::Time time = kNoon + absl::Milliseconds(i);
    EXPECT_EQ(TimeOfUuidV7(NewUuidV7(time, rng)), time);
  }
}

class LogSideOfNodeTest : public ::testing::Test {
 protected:
  void Append(absl::Time time, v1::EntryKind kind, const std::string& partner = exchange::kKyrgyz,
              const std::string& id = "", const std::string& reason = "") {
    v1::LogEntry entry;
    entry.set_reason(reason);
    entry.set_version(1);
    entry.set_kind(kind);
    entry.set_exchange_id(id.empty() ? NewUuidV7(time, states_.rng) : id);
    entry.set_partner(partner);
    entry.set_treaty_id("TEST-READMISSION");
    entry.set_request_commitment(std::string(32, 'q'));
    entry.set_reply_commitment(std::string(32, 'r'));
    ledger::Submission submission;
    submission.entry = entry.SerializeAsString();
    ASSERT_OK(node_.parts().sequencer.Append(std::move(submission)));
  }

  std::vector<Item> Read(absl::Time since, absl::Time until, const std::string& treaty = "") {
    std::vector<Item> items;
    EXPECT_OK(
        LogSide(node_.parts().database, exchange::kKyrgyz, treaty, true).Visit(since, until, [&](const Item& item) {
          items.push_back(item);
          return absl::OkStatus();
        }));
    return items;
  }

  exchange::TestStates states_;
  exchange::TestNode node_{states_, exchange::kKazakh};
};

TEST_F(LogSideOfNodeTest, HoldsTheMessagesOfThePeriodWithThePartner) {
  Append(kNoon - absl::Milliseconds(1), v1::ENTRY_KIND_SENT);
  Append(kNoon, v1::ENTRY_KIND_SENT);
  Append(kNoon + absl::Seconds(59), v1::ENTRY_KIND_ANSWERED);
  Append(kNoon + absl::Seconds(60), v1::ENTRY_KIND_SENT);
  Append(kNoon, v1::ENTRY_KIND_SENT, exchange::kUzbek);
  Append(kNoon, v1::ENTRY_KIND_WITHHELD);
  Append(kNoon, v1::ENTRY_KIND_ERASED);
  const std::vector<Item> items = Read(kNoon, kNoon + absl::Minutes(1));
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].kind, v1::ENTRY_KIND_SENT);
  EXPECT_TRUE(items[0].is_asked_by_reconciler);
  EXPECT_EQ(items[0].commitment, std::string(32, 'q'));
  EXPECT_EQ(items[1].kind, v1::ENTRY_KIND_ANSWERED);
  EXPECT_FALSE(items[1].is_asked_by_reconciler);
  EXPECT_EQ(items[1].commitment, std::string(32, 'r'));
  EXPECT_TRUE(Read(kNoon, kNoon + absl::Minutes(1), "OTHER").empty());
}

TEST_F(LogSideOfNodeTest, AMessageThatCameTwiceIsOne) {
  const std::string id = NewUuidV7(kNoon, states_.rng);
  for (int i = 0; i < 3; ++i) Append(kNoon, v1::ENTRY_KIND_RECEIVED, exchange::kKyrgyz, id);
  EXPECT_EQ(Read(kNoon, kNoon + absl::Seconds(1)).size(), 1u);
}

// The partner's log does not name a treaty that it does not know, so it has nothing to compare under that treaty.
TEST_F(LogSideOfNodeTest, UnderATreatyWhatThePartnerDeniedAsOfAnUnknownTreatyIsLeftOut) {
  const std::string id = NewUuidV7(kNoon, states_.rng);
  Append(kNoon, v1::ENTRY_KIND_SENT, exchange::kKyrgyz, id);
  Append(kNoon, v1::ENTRY_KIND_DELIVERED, exchange::kKyrgyz, id, "TREATY_UNKNOWN");
  Append(kNoon + absl::Milliseconds(1), v1::ENTRY_KIND_SENT);
  EXPECT_EQ(Read(kNoon, kNoon + absl::Seconds(1)).size(), 3u);
  EXPECT_EQ(Read(kNoon, kNoon + absl::Seconds(1), "TEST-READMISSION").size(), 1u);
}

TEST_F(LogSideOfNodeTest, ItemsComeInTheOrderOfTheirBytes) {
  for (int i = 0; i < 50; ++i) {
    const std::string id = NewUuidV7(kNoon + absl::Milliseconds(i % 7), states_.rng);
    for (const v1::EntryKind kind : {v1::ENTRY_KIND_DELIVERED, v1::ENTRY_KIND_RECEIVED, v1::ENTRY_KIND_SENT}) {
      Append(kNoon, kind, exchange::kKyrgyz, id);
    }
  }
  const std::vector<Item> items = Read(kNoon, kNoon + absl::Seconds(1));
  EXPECT_EQ(items.size(), 150u);
  EXPECT_TRUE(
      std::is_sorted(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.Bytes() < b.Bytes(); }));
}

TEST_F(LogSideOfNodeTest, MoreThanAPageIsReadWhole) {
  for (int i = 0; i < 2'100; ++i) Append(kNoon + absl::Milliseconds(i), v1::ENTRY_KIND_SENT);
  EXPECT_EQ(Read(kNoon, kNoon + absl::Minutes(1)).size(), 2'100u);
}

TEST(ItemOfPartnerTest, WhatNoLogCanHoldIsRefused) {
  v1::LoggedItem logged;
  SystemRng rng;
  logged.set_exchange_id(NewUuidV7(kNoon, rng));
  logged.set_kind(v1::ENTRY_KIND_RECEIVED);
  logged.set_commitment(std::string(32, 'c'));
  ASSERT_OK_AND_ASSIGN(const Item item, ItemOfPartner(logged));
  EXPECT_TRUE(item.is_asked_by_reconciler);
  logged.set_kind(v1::ENTRY_KIND_ERASED);
  EXPECT_THAT(ItemOfPartner(logged), HasReason("INVALID_BODY"));
  logged.set_kind(v1::ENTRY_KIND_RECEIVED);
  logged.set_commitment("short");
  EXPECT_THAT(ItemOfPartner(logged), HasReason("INVALID_BODY"));
  logged.set_commitment("");
  logged.set_exchange_id("short");
  EXPECT_THAT(ItemOfPartner(logged), HasReason("INVALID_BODY"));
}

}  // namespace
}  // namespace tamga::reconciliation
