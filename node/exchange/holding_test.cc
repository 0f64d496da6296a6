#include "node/exchange/holding.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);
constexpr absl::Duration kDay = absl::Hours(24);

v1::Obligation Owed(v1::ObligationType type, v1::Bearer bearer, uint32_t amount = 0) {
  v1::Obligation obligation;
  obligation.set_type(type);
  obligation.set_bearer(bearer);
  obligation.set_amount(amount);
  if (type == v1::OBLIGATION_TYPE_USE_ONLY_FOR) obligation.add_purposes(v1::PURPOSE_READMISSION);
  return obligation;
}

v1::MessageHeader Header() {
  v1::MessageHeader header;
  header.set_exchange_id(std::string(16, 'x'));
  header.set_from("KAZ/x");
  header.set_to("KGZ/x");
  header.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  header.set_record_kind(v1::RECORD_KIND_READMISSION);
  header.set_purpose(v1::PURPOSE_READMISSION);
  header.mutable_treaty()->set_id("T");
  header.mutable_treaty()->set_document_sha256(std::string(32, 't'));
  return header;
}

std::optional<v1::Holding> Make(bool own_asked, const std::vector<v1::Obligation>& owed) {
  policy::Decision decision;
  decision.permitted = true;
  decision.articles = {"T art. 4"};
  for (const v1::Obligation& obligation : owed) decision.obligations.Add(obligation);
  return MakeHolding(Header(), own_asked, decision, decision.obligations, kNow);
}

v1::Holding Everything() {
  return *Make(true, {Owed(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, v1::BEARER_BOTH, 30),
                      Owed(v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER, v1::BEARER_BOTH),
                      Owed(v1::OBLIGATION_TYPE_USE_ONLY_FOR, v1::BEARER_BOTH),
                      Owed(v1::OBLIGATION_TYPE_NOTIFY_WITHIN, v1::BEARER_BOTH, 48),
                      Owed(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_BOTH),
                      Owed(v1::OBLIGATION_TYPE_REPORT_USE, v1::BEARER_BOTH, 10)});
}

v1::DutyState StateOf(v1::ObligationType type, v1::Holding holding) { return FindDuty(type, &holding)->state(); }

TEST(Holding, SaysWhatCameFromWhomUnderWhat) {
  const v1::Holding holding = Everything();
  EXPECT_EQ(holding.exchange_id(), std::string(16, 'x'));
  EXPECT_EQ(holding.partner(), "KGZ/x");
  EXPECT_TRUE(holding.own_asked());
  EXPECT_EQ(holding.treaty_id(), "T");
  EXPECT_THAT(holding.articles(), ElementsAre("T art. 4"));
  EXPECT_EQ(FromProto(holding.received_at()), kNow);
  EXPECT_EQ(FromProto(holding.erase_at()), kNow + 30 * kDay);
  EXPECT_THAT(holding.handling_codes(), ElementsAre(v1::HANDLING_CODE_PURPOSE_BOUND, v1::HANDLING_CODE_REVIEW_FIRST,
                                                    v1::HANDLING_CODE_NO_ONWARD));
  EXPECT_EQ(Make(false, {Owed(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_BOTH)})->partner(), "KAZ/x");
}

TEST(Holding, EachSideBearsItsOwn) {
  const auto asker = Owed(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_ASKER);
  const auto answerer = Owed(v1::OBLIGATION_TYPE_REPORT_USE, v1::BEARER_ANSWERER, 3);
  EXPECT_EQ(Make(true, {asker, answerer})->duties_size(), 1);
  EXPECT_EQ(Make(true, {asker, answerer})->duties(0).obligation().type(), asker.type());
  EXPECT_EQ(Make(false, {asker, answerer})->duties(0).obligation().type(), answerer.type());
  EXPECT_EQ(Make(false, {asker}), std::nullopt);
  EXPECT_EQ(Make(true, {}), std::nullopt);
}

TEST(Holding, WhatIsSeenToBeforeAnExchangeLeavesNothing) {
  v1::Obligation quota = Owed(v1::OBLIGATION_TYPE_QUOTA, v1::BEARER_BOTH, 3);
  quota.set_window_hours(24);
  EXPECT_EQ(Make(true, {Owed(v1::OBLIGATION_TYPE_FOUR_EYES, v1::BEARER_BOTH, 1), quota,
                        Owed(v1::OBLIGATION_TYPE_VOLUME, v1::BEARER_BOTH, 1)}),
            std::nullopt);
}

TEST(Holding, IsFoundByTheFirstTimeAtWhichSomethingIsDue) {
  v1::Holding holding = Everything();
  EXPECT_EQ(RowOf(holding).due_at, kNow + absl::Hours(48));
  EXPECT_EQ(RowOf(holding).act_at, kNow + absl::Hours(48));
  MarkOverdue(kNow + 3 * kDay, &holding);
  EXPECT_EQ(RowOf(holding).due_at, kNow + absl::Hours(48));
  EXPECT_EQ(RowOf(holding).act_at, kNow + 10 * kDay);
  EXPECT_EQ(RowOf(holding).states,
            1u << v1::DUTY_STATE_OPEN | 1u << v1::DUTY_STATE_OVERDUE | 1u << v1::DUTY_STATE_IN_FORCE);
  const auto review = Make(true, {Owed(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_BOTH)});
  EXPECT_EQ(RowOf(*review).due_at, absl::InfiniteFuture());
}

TEST(Holding, ComesBackFromItsRow) {
  const v1::Holding holding = Everything();
  ASSERT_OK_AND_ASSIGN(const v1::Holding back, HoldingOf(RowOf(holding)));
  EXPECT_EQ(back.SerializeAsString(), holding.SerializeAsString());
  store::HoldingRow damaged = RowOf(holding);
  damaged.body.resize(damaged.body.size() - 1);
  EXPECT_THAT(HoldingOf(damaged), HasReason("RECORD_DAMAGED"));
}

TEST(Holding, ADutyIsOverdueOnceFromItsTimeOn) {
  v1::Holding holding = Everything();
  EXPECT_THAT(MarkOverdue(kNow + absl::Hours(48) - absl::Nanoseconds(1), &holding), IsEmpty());
  EXPECT_THAT(MarkOverdue(kNow + absl::Hours(48), &holding), ElementsAre(v1::OBLIGATION_TYPE_NOTIFY_WITHIN));
  EXPECT_THAT(MarkOverdue(kNow + 9 * kDay, &holding), IsEmpty());
  EXPECT_THAT(MarkOverdue(kNow + 99 * kDay, &holding), ElementsAre(v1::OBLIGATION_TYPE_REPORT_USE));
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, holding), v1::DUTY_STATE_OPEN);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_HUMAN_REVIEW, holding), v1::DUTY_STATE_OPEN);
}

TEST(Holding, ErasureEndsWhatHeldWhileItWasKept) {
  v1::Holding holding = Everything();
  EXPECT_FALSE(IsToBeErased(holding, kNow + 30 * kDay - absl::Nanoseconds(1)));
  EXPECT_TRUE(IsToBeErased(holding, kNow + 30 * kDay));
  MarkOverdue(kNow + 3 * kDay, &holding);
  MarkErased(kNow + 30 * kDay, &holding);
  EXPECT_FALSE(IsToBeErased(holding, kNow + 31 * kDay));
  EXPECT_EQ(FromProto(holding.erased_at()), kNow + 30 * kDay);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_RETAIN_AT_MOST, holding), v1::DUTY_STATE_DISCHARGED);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER, holding), v1::DUTY_STATE_ENDED);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_USE_ONLY_FOR, holding), v1::DUTY_STATE_ENDED);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_HUMAN_REVIEW, holding), v1::DUTY_STATE_ENDED);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_NOTIFY_WITHIN, holding), v1::DUTY_STATE_OVERDUE);
  EXPECT_EQ(StateOf(v1::OBLIGATION_TYPE_REPORT_USE, holding), v1::DUTY_STATE_OPEN);
}

TEST(Holding, LimitsUseAndPassingOnAsItsDutiesSay) {
  const v1::Holding bound = Everything();
  EXPECT_EQ(FindUseLimit(bound, v1::PURPOSE_READMISSION), nullptr);
  EXPECT_NE(FindUseLimit(bound, v1::PURPOSE_MIGRATION_CONTROL), nullptr);
  EXPECT_TRUE(BarsPassingOn(bound, "UZB/x"));
  EXPECT_FALSE(BarsPassingOn(bound, "KGZ/x"));  // it came from there
  const v1::Holding free = *Make(true, {Owed(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_BOTH)});
  EXPECT_EQ(FindUseLimit(free, v1::PURPOSE_MIGRATION_CONTROL), nullptr);
  EXPECT_FALSE(BarsPassingOn(free, "UZB/x"));
}

}  // namespace
}  // namespace tamga::exchange
