// Two nodes without a line, and what a courier brings from the one to the other and back.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/courier/courier.h"
#include "node/exchange/operations.h"
#include "node/exchange/test_pair.h"

namespace tamga::courier {
namespace {

using exchange::AskResult;
using exchange::kKazakh;
using exchange::kKyrgyz;
using exchange::kUzbek;

class CourierFlowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pair_.kyrgyz.parts().handlers = {{v1::OPERATION_READMISSION_SUBMIT, &pair_.kyrgyz.handler()}};
    pair_.kazakh.AddPartner(kKyrgyz, std::make_unique<exchange::PeerFunction>([this](const v1::SealedMessage& request) {
                              return line_is_up_ ? pair_.kyrgyz.answering().Answer(
                                                       {kKazakh, certs::Role::kNode, "main"}, request)
                                                 : absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("no line"));
                            }),
                            pair_.kyrgyz.log_key());
    kazakh_ = MakeCourier(pair_.kazakh, kazakh_key_, {{kKyrgyz, kyrgyz_key_}, {kUzbek, kyrgyz_key_}});
    kyrgyz_ = MakeCourier(pair_.kyrgyz, kyrgyz_key_, {{kKazakh, kazakh_key_}});
  }

  static std::unique_ptr<Courier> MakeCourier(exchange::TestNode& node, const std::string& key,
                                              const std::map<std::string, std::string>& partners) {
    CourierParts parts{node.parts(), node.asking(), node.answering(), std::nullopt, {}, node.folder()};
    parts.key.emplace(certs::X25519Key::FromBytes(key).value());
    for (const auto& [agency, secret] : partners) {
      parts.partner_keys[agency] = certs::X25519Key::FromBytes(secret)->public_key();
    }
    return std::make_unique<Courier>(std::move(parts));
  }

  AskResult AskKyrgyz(const std::string& order_key = "") { return pair_.kazakh.AskInOrder(kKyrgyz, order_key); }
  // How the request stands at the asking node.
  bool Waits(const AskResult& asked) { return pair_.kazakh.FindWaiting(asked.exchange_id).ok(); }
  int CountAt(exchange::TestNode& node, v1::EntryKind kind) {
    int count = 0;
    for (const v1::LogEntry& entry : node.Entries()) count += entry.kind() == kind ? 1 : 0;
    return count;
  }
  std::shared_ptr<const Spool> Requests() {
    absl::StatusOr<MadeBundle> made = kazakh_->ExportRequests(kKyrgyz);
    EXPECT_OK(made);
    return made.ok() ? made->content : nullptr;
  }
  std::shared_ptr<const Spool> RepliesOf(const v1::ImportBundleResponse& response) {
    absl::StatusOr<MadeBundle> made = kyrgyz_->FindReplies(response.replies_bundle_id());
    EXPECT_OK(made);
    return made.ok() ? made->content : nullptr;
  }
  // The same bundle with one byte changed, or cut.
  std::shared_ptr<Spool> Copy(const Spool& bundle, uint64_t size, int64_t flipped = -1) {
    std::string bytes = bundle.ReadAt(0, size).value();
    if (flipped >= 0) bytes[static_cast<size_t>(flipped)] = static_cast<char>(bytes[static_cast<size_t>(flipped)] ^ 1);
    std::shared_ptr<Spool> copy = kyrgyz_->MakeRoom().value();
    EXPECT_OK(copy->Write(bytes));
    return copy;
  }

  exchange::TestPair pair_{""};
  bool line_is_up_ = false;
  const size_t entries_ = pair_.kyrgyz.Entries().size();  // at first
  const std::string kazakh_key_ = std::string(32, 'a');
  const std::string kyrgyz_key_ = std::string(32, 'b');
  std::unique_ptr<Courier> kazakh_;
  std::unique_ptr<Courier> kyrgyz_;
};

TEST_F(CourierFlowTest, RequestsAndRepliesAreCarriedAndBothLogsHaveWhatTheyHaveOfALine) {
  const AskResult first = AskKyrgyz();
  const AskResult second = AskKyrgyz();
  ASSERT_EQ(first.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  const std::shared_ptr<const Spool> requests = Requests();
  EXPECT_TRUE(Waits(first));  // while the courier is under way
  EXPECT_TRUE(pair_.kazakh.FindWaiting(first.exchange_id)->has_left);

  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse answered, kyrgyz_->Import(*requests));
  EXPECT_EQ(answered.partner(), kKazakh);
  EXPECT_EQ(answered.answered(), 2u);
  EXPECT_EQ(pair_.kyrgyz.handler().handled, 2);
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(answered)));
  EXPECT_EQ(settled.kind(), v1::COURIER_KIND_REPLIES);
  EXPECT_EQ(settled.answered(), 2u);
  EXPECT_FALSE(Waits(first));
  EXPECT_FALSE(Waits(second));
  EXPECT_EQ(CountAt(pair_.kazakh, v1::ENTRY_KIND_DELIVERED), 2);
  for (const v1::LogEntry& entry : pair_.kazakh.Entries()) {
    if (entry.kind() != v1::ENTRY_KIND_DELIVERED) continue;
    EXPECT_EQ(entry.receipt_sha256().size(), 32u);
    EXPECT_EQ(entry.reply_commitment().size(), 32u);
  }
  EXPECT_EQ(pair_.kazakh.handler().settled.Await(2, pair_.states.clock).size(), 2u);
  EXPECT_TRUE(pair_.kazakh.VerifyLog().intact());
  EXPECT_TRUE(pair_.kyrgyz.VerifyLog().intact());
}

TEST_F(CourierFlowTest, WhateverIsImportedAgainHasItsEffectOnce) {
  AskKyrgyz();
  const std::shared_ptr<const Spool> requests = Requests();
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse once, kyrgyz_->Import(*requests));
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse again, kyrgyz_->Import(*requests));
  EXPECT_EQ(again.answered(), 1u);
  EXPECT_EQ(pair_.kyrgyz.handler().handled, 1);
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(once)));
  EXPECT_EQ(settled.answered(), 1u);
  for (const auto& replies : {RepliesOf(again), RepliesOf(once)}) {
    ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse repeated, kazakh_->Import(*replies));
    EXPECT_EQ(repeated.answered(), 0u);
    EXPECT_EQ(repeated.repeated(), 1u);
  }
  EXPECT_EQ(CountAt(pair_.kazakh, v1::ENTRY_KIND_DELIVERED), 1);
  EXPECT_EQ(CountAt(pair_.kyrgyz, v1::ENTRY_KIND_ANSWERED), 1);
}

TEST_F(CourierFlowTest, TheLineAndTheCourierMayBothBringIt) {
  const AskResult asked = AskKyrgyz();
  const std::shared_ptr<const Spool> requests = Requests();
  line_is_up_ = true;
  ASSERT_OK(pair_.kazakh.asking().Resume(*pair_.kazakh.FindWaiting(asked.exchange_id)));
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse answered, kyrgyz_->Import(*requests));
  EXPECT_EQ(answered.answered(), 1u);
  EXPECT_EQ(pair_.kyrgyz.handler().handled, 1);
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(answered)));
  EXPECT_EQ(settled.repeated(), 1u);
  EXPECT_EQ(CountAt(pair_.kazakh, v1::ENTRY_KIND_DELIVERED), 1);
}

TEST_F(CourierFlowTest, ARefusalComesBackUnderSeal) {
  const AskResult asked = AskKyrgyz();
  pair_.kyrgyz.handler().refusal = Error(absl::StatusCode::kFailedPrecondition, "NOT_OURS", "no");
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse answered, kyrgyz_->Import(*Requests()));
  EXPECT_EQ(answered.answered(), 1u);
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(answered)));
  EXPECT_EQ(settled.refused(), 1u);
  ASSERT_EQ(settled.results_size(), 1);
  EXPECT_EQ(settled.results(0).reason(), "NOT_OURS");
  EXPECT_EQ(settled.results(0).exchange_id(), FormatUuid(asked.exchange_id));
  EXPECT_FALSE(Waits(asked));
}

TEST_F(CourierFlowTest, OneThatCannotBeAnsweredNowStopsThoseOfItsCaseAndNoOthers) {
  line_is_up_ = true;
  const AskResult before = AskKyrgyz();
  line_is_up_ = false;
  const AskResult first = AskKyrgyz("case-1");
  const AskResult second = AskKyrgyz("case-1");
  const AskResult other = AskKyrgyz("case-2");
  const std::shared_ptr<const Spool> requests = Requests();
  // Nothing more can be remembered of this partner, for now.
  pair_.kyrgyz.parts().max_remembered_per_partner = 1;
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse none, kyrgyz_->Import(*requests));
  EXPECT_EQ(none.not_opened(), 3u);
  EXPECT_EQ(none.results(0).reason(), "TOO_MANY_REMEMBERED");
  EXPECT_EQ(none.results(1).reason(), "BUNDLE_BEHIND");
  EXPECT_EQ(none.results(2).reason(), "TOO_MANY_REMEMBERED");
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse waiting, kazakh_->Import(*RepliesOf(none)));
  EXPECT_EQ(waiting.waiting(), 3u);
  for (const AskResult& asked : {first, second, other}) EXPECT_TRUE(Waits(asked));

  pair_.kyrgyz.parts().max_remembered_per_partner = 10;
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse all, kyrgyz_->Import(*requests));
  EXPECT_EQ(all.answered(), 3u);
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(all)));
  EXPECT_EQ(settled.answered(), 3u);
  EXPECT_EQ(pair_.kazakh.handler().settled.Await(4, pair_.states.clock),
            (std::vector<std::string>{before.exchange_id, first.exchange_id, second.exchange_id, other.exchange_id}));
}

TEST_F(CourierFlowTest, WhatExpiredOnTheWayIsToldAndDoesNotStopTheOthers) {
  const AskResult old = AskKyrgyz();
  pair_.states.clock.Advance(exchange::kLongestLife - absl::Hours(1));
  const AskResult young = AskKyrgyz();
  const std::shared_ptr<const Spool> requests = Requests();
  pair_.states.clock.Advance(absl::Hours(2));
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse answered, kyrgyz_->Import(*requests));
  EXPECT_EQ(answered.answered(), 1u);
  EXPECT_EQ(answered.not_opened(), 1u);
  ASSERT_EQ(answered.results_size(), 1);
  EXPECT_EQ(answered.results(0).reason(), "MESSAGE_EXPIRED");
  ASSERT_OK_AND_ASSIGN(const v1::ImportBundleResponse settled, kazakh_->Import(*RepliesOf(answered)));
  EXPECT_EQ(settled.answered(), 1u);
  EXPECT_EQ(settled.not_opened(), 1u);
  EXPECT_EQ(settled.results(0).exchange_id(), FormatUuid(old.exchange_id));
  EXPECT_FALSE(Waits(old));
  EXPECT_FALSE(Waits(young));
  EXPECT_EQ(pair_.kazakh.DeadLetters().size(), 1u);
}

TEST_F(CourierFlowTest, AnAlteredOrTruncatedBundleDoesNothing) {
  AskKyrgyz();
  const std::shared_ptr<const Spool> good = Requests();
  for (uint64_t at = 0; at < good->size(); at += 13) {
    EXPECT_FALSE(kyrgyz_->Import(*Copy(*good, good->size(), static_cast<int64_t>(at))).ok()) << at;
    EXPECT_FALSE(kyrgyz_->Import(*Copy(*good, at)).ok()) << at;
  }
  EXPECT_EQ(pair_.kyrgyz.Entries().size(), entries_);
  EXPECT_EQ(pair_.kyrgyz.handler().handled, 0);
  EXPECT_OK(kyrgyz_->Import(*good));
}

TEST_F(CourierFlowTest, ABundleOfStrangersForOthersOrForAnotherKeyIsRefused) {
  AskKyrgyz();
  const std::shared_ptr<const Spool> requests = Requests();
  EXPECT_THAT(kazakh_->Import(*requests), HasReason("BUNDLE_NOT_FOR_US"));
  const auto other_key = MakeCourier(pair_.kyrgyz, std::string(32, 'c'), {{kKazakh, kazakh_key_}});
  EXPECT_THAT(other_key->Import(*requests), HasReason("BUNDLE_WRONG_KEY"));
  const auto without_partner_key = MakeCourier(pair_.kyrgyz, kyrgyz_key_, {});
  EXPECT_THAT(without_partner_key->Import(*requests), HasReason("BUNDLE_NO_KEY"));
  Courier without_key({pair_.kyrgyz.parts(), pair_.kyrgyz.asking(), pair_.kyrgyz.answering(), std::nullopt, {}, ""});
  EXPECT_THAT(without_key.Import(*requests), HasReason("BUNDLE_NO_KEY"));
  pair_.kyrgyz.parts().partners.erase(kKazakh);
  EXPECT_THAT(kyrgyz_->Import(*requests), HasReason("BUNDLE_UNKNOWN_PARTNER"));
  EXPECT_EQ(pair_.kyrgyz.Entries().size(), entries_);
}

TEST_F(CourierFlowTest, ABundleOfAnotherTimeIsRefused) {
  AskKyrgyz();
  const std::shared_ptr<const Spool> requests = Requests();
  const absl::Time now = pair_.states.clock.Now();
  pair_.states.clock.Set(now - absl::Hours(1));
  EXPECT_THAT(kyrgyz_->Import(*requests), HasReason("BUNDLE_FROM_THE_FUTURE"));
  pair_.states.clock.Set(now + exchange::kLongestLife + absl::Hours(1));
  EXPECT_THAT(kyrgyz_->Import(*requests), HasReason("BUNDLE_EXPIRED"));
  EXPECT_EQ(pair_.kyrgyz.Entries().size(), entries_);
}

TEST_F(CourierFlowTest, OnlyWhatWaitsForTheNamedPartnerIsCarried) {
  EXPECT_THAT(kazakh_->ExportRequests(kKyrgyz), HasReason("BUNDLE_EMPTY"));
  EXPECT_THAT(kazakh_->ExportRequests("UZB/customs"), HasReason("UNKNOWN_PARTNER"));
  EXPECT_THAT(kazakh_->ExportRequests("nobody"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(kyrgyz_->ExportRequests(kUzbek), HasReason("BUNDLE_NO_KEY"));
  EXPECT_THAT(kyrgyz_->FindReplies("018f3c2e-7b1a-7c3d-9e4f-0123456789ab"), HasReason("BUNDLE_UNKNOWN"));
}

TEST_F(CourierFlowTest, WithoutTheSealsKeyThereIsNoBundleAndEverythingWaitsOn) {
  const AskResult asked = AskKyrgyz();
  pair_.states.keys_in_reach = false;
  EXPECT_THAT(kazakh_->ExportRequests(kKyrgyz), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(Waits(asked));
  pair_.states.keys_in_reach = true;
  EXPECT_OK(kazakh_->ExportRequests(kKyrgyz));
}

}  // namespace
}  // namespace tamga::courier
