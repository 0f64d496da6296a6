#include "node/obligation/obligations.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/holding.h"
#include "node/exchange/holding_keeper.h"
#include "node/exchange/test_pair.h"

namespace tamga::obligation {
namespace {

using exchange::kKazakh;
using exchange::kKyrgyz;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr char kOwed[] = R"text(
  obligations { type: OBLIGATION_TYPE_HUMAN_REVIEW bearer: BEARER_ANSWERER }
  obligations { type: OBLIGATION_TYPE_REPORT_USE bearer: BEARER_ANSWERER amount: 10 }
  obligations { type: OBLIGATION_TYPE_NOTIFY_WITHIN bearer: BEARER_ANSWERER amount: 48 }
  obligations { type: OBLIGATION_TYPE_NO_ONWARD_TRANSFER bearer: BEARER_ANSWERER }
)text";

class ObligationsTest : public ::testing::Test {
 protected:
  static exchange::Call By(const std::string& agency, certs::Role role) {
    return {{agency, role, "test"}, absl::InfiniteFuture()};
  }

  // The exchange that left something with the Kyrgyz node.
  std::string Came(const std::string& surname = "SPECIMEN") {
    const exchange::AskResult asked = pair_.kazakh.AskToTakeBack(kKyrgyz, surname);
    EXPECT_OK(asked.status);
    pair_.states.clock.Advance(absl::Seconds(1));
    return FormatUuid(asked.exchange_id);
  }

  static v1::DischargeObligationRequest Done(const std::string& exchange_id, v1::ObligationType type,
                                             const std::string& told_by = "") {
    v1::DischargeObligationRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("TEST-1");
    request.set_exchange_id(exchange_id);
    request.set_partner(kKazakh);
    request.set_obligation(type);
    request.set_told_by_exchange(told_by);
    return request;
  }

  absl::StatusOr<v1::DischargeObligationResponse> Discharge(const v1::DischargeObligationRequest& request) {
    return obligations_.Discharge(By(kKyrgyz, certs::Role::kOfficer), request);
  }

  std::vector<std::string> ListedTo(const exchange::Call& call, const v1::ListHoldingsRequest& request = {}) {
    std::vector<std::string> ids;
    const auto response = obligations_.List(call, request);
    EXPECT_OK(response);
    if (!response.ok()) return ids;
    for (const v1::Holding& holding : response->holdings()) ids.push_back(FormatUuid(holding.exchange_id()));
    return ids;
  }

  exchange::TestPair pair_{kOwed};
  Obligations obligations_{pair_.kyrgyz.parts()};
};

TEST_F(ObligationsTest, WhatIsDueSoonestIsListedFirstPageByPage) {
  const std::string first = Came("A");
  const std::string second = Came("B");
  v1::ListHoldingsRequest request;
  request.set_page_size(1);
  const exchange::Call officer = By(kKyrgyz, certs::Role::kOfficer);
  const auto page = obligations_.List(officer, request);
  ASSERT_OK(page);
  ASSERT_EQ(page->holdings_size(), 1);
  EXPECT_EQ(FormatUuid(page->holdings(0).exchange_id()), first);
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(ListedTo(officer, request), ::testing::ElementsAre(second));
}

TEST_F(ObligationsTest, AListCanBeNarrowed) {
  const std::string id = Came();
  const exchange::Call officer = By(kKyrgyz, certs::Role::kOfficer);
  v1::ListHoldingsRequest request;
  request.set_state(v1::DUTY_STATE_OVERDUE);
  EXPECT_TRUE(ListedTo(officer, request).empty());
  request.set_state(v1::DUTY_STATE_IN_FORCE);
  request.set_partner(kKazakh);
  request.set_exchange_id(id);
  EXPECT_THAT(ListedTo(officer, request), ::testing::ElementsAre(id));
  request.set_exchange_id("1");
  EXPECT_EQ(MetadataOf(obligations_.List(officer, request).status())["field"], "exchange_id");
  request.clear_exchange_id();
  request.set_partner("kazakh");
  EXPECT_EQ(MetadataOf(obligations_.List(officer, request).status())["field"], "partner");
  request.clear_partner();
  request.set_state(static_cast<v1::DutyState>(77));
  EXPECT_EQ(MetadataOf(obligations_.List(officer, request).status())["field"], "state");
  request.clear_state();
  request.set_page_size(501);
  EXPECT_EQ(MetadataOf(obligations_.List(officer, request).status())["field"], "page_size");
}

TEST_F(ObligationsTest, AnotherStatesAuditorSeesItsOwnStatesExchangesOnly) {
  const std::string id = Came();
  EXPECT_THAT(ListedTo(By("KGZ/prosecutor", certs::Role::kAuditor)), ::testing::ElementsAre(id));
  EXPECT_THAT(ListedTo(By("KAZ/prosecutor", certs::Role::kAuditor)), ::testing::ElementsAre(id));
  EXPECT_TRUE(ListedTo(By("UZB/prosecutor", certs::Role::kAuditor)).empty());
}

TEST_F(ObligationsTest, AReviewIsDischargedOnceAndLogged) {
  const std::string id = Came();
  const auto response = Discharge(Done(id, v1::OBLIGATION_TYPE_HUMAN_REVIEW));
  ASSERT_OK(response);
  v1::Holding holding = response->holding();
  const v1::HoldingDuty& duty = *exchange::FindDuty(v1::OBLIGATION_TYPE_HUMAN_REVIEW, &holding);
  EXPECT_EQ(duty.state(), v1::DUTY_STATE_DISCHARGED);
  EXPECT_EQ(FromProto(duty.done_at()), pair_.states.clock.Now());
  EXPECT_EQ(duty.done_by_pseudonym().size(), 32u);
  const v1::LogEntry entry = pair_.kyrgyz.Entries().at(response->own_log().index());
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_DISCHARGED);
  EXPECT_EQ(FormatUuid(entry.exchange_id()), id);
  EXPECT_EQ(entry.asker_pseudonym(), duty.done_by_pseudonym());
  EXPECT_EQ(entry.obligations(0), v1::OBLIGATION_TYPE_HUMAN_REVIEW);
  EXPECT_THAT(Discharge(Done(id, v1::OBLIGATION_TYPE_HUMAN_REVIEW)), HasReason("NOT_OPEN"));
  EXPECT_TRUE(pair_.kyrgyz.VerifyLog().intact());
}

TEST_F(ObligationsTest, WhoSaysThatThePartnerWasToldNamesTheExchange) {
  const std::string earlier = Came("EARLIER");
  const std::string id = Came();
  const auto type = v1::OBLIGATION_TYPE_REPORT_USE;
  EXPECT_EQ(MetadataOf(Discharge(Done(id, type)).status())["field"], "told_by_exchange");
  EXPECT_THAT(Discharge(Done(id, type, id)), HasReason("NOT_TOLD"));
  EXPECT_THAT(Discharge(Done(id, type, earlier)), HasReason("NOT_TOLD"));
  EXPECT_THAT(Discharge(Done(id, type, FormatUuid(NewUuidV7(pair_.states.clock.Now(), pair_.states.rng)))),
              HasReason("NOT_TOLD"));
  // One that another partner got, or nobody.
  const exchange::AskResult queued = pair_.kyrgyz.AskToTakeBack(exchange::kUzbek);
  EXPECT_THAT(Discharge(Done(id, type, FormatUuid(queued.exchange_id))), HasReason("NOT_TOLD"));
  const exchange::AskResult told = pair_.kyrgyz.AskToTakeBack(kKazakh);
  ASSERT_OK(told.status);
  // Nor one about another case, nor one in which the partner told us something.
  v1::DischargeObligationRequest other_case = Done(id, type, FormatUuid(told.exchange_id));
  other_case.mutable_context()->set_case_reference("KG-2");
  EXPECT_THAT(Discharge(other_case), HasReason("NOT_TOLD"));
  EXPECT_THAT(Discharge(Done(id, type, Came("LATER"))), HasReason("NOT_TOLD"));
  // Nor one in which it was only asked.
  v1::LogEntry retrieved;
  for (const v1::LogEntry& entry : pair_.kyrgyz.Entries()) {
    if (entry.kind() == v1::ENTRY_KIND_DELIVERED && entry.exchange_id() == told.exchange_id) retrieved = entry;
  }
  retrieved.set_exchange_id(NewUuidV7(pair_.states.clock.Now(), pair_.states.rng));
  retrieved.set_operation(v1::OPERATION_TRAFFICKING_RETRIEVE);
  ASSERT_OK(pair_.kyrgyz.parts().sequencer.Append({{}, retrieved.SerializeAsString()}).status());
  EXPECT_THAT(Discharge(Done(id, type, FormatUuid(retrieved.exchange_id()))), HasReason("NOT_TOLD"));
  const auto response = Discharge(Done(id, type, FormatUuid(told.exchange_id)));
  ASSERT_OK(response);
  v1::Holding holding = response->holding();
  EXPECT_EQ(exchange::FindDuty(type, &holding)->told_by_exchange(), FormatUuid(told.exchange_id));
}

TEST_F(ObligationsTest, ADutyThatIsLateCanStillBeDischargedAndShowsIt) {
  const std::string id = Came();
  pair_.states.clock.Advance(11 * kDay);
  ASSERT_OK(exchange::HoldingKeeper(pair_.kyrgyz.parts()).RunBatch());
  const exchange::AskResult told = pair_.kyrgyz.AskToTakeBack(kKazakh);
  const auto response = Discharge(Done(id, v1::OBLIGATION_TYPE_REPORT_USE, FormatUuid(told.exchange_id)));
  ASSERT_OK(response);
  v1::Holding holding = response->holding();
  const v1::HoldingDuty& duty = *exchange::FindDuty(v1::OBLIGATION_TYPE_REPORT_USE, &holding);
  EXPECT_EQ(duty.state(), v1::DUTY_STATE_DISCHARGED);
  EXPECT_GT(FromProto(duty.done_at()), FromProto(duty.due_at()));
  EXPECT_EQ(exchange::FindDuty(v1::OBLIGATION_TYPE_NOTIFY_WITHIN, &holding)->state(), v1::DUTY_STATE_OVERDUE);
}

TEST_F(ObligationsTest, ACallThatIsNotInOrderDischargesNothing) {
  const std::string id = Came();
  const size_t before = pair_.kyrgyz.Entries().size();
  EXPECT_THAT(Discharge(Done(id, v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER)), HasReason("NOT_FOR_OFFICERS"));
  v1::DischargeObligationRequest request = Done(id, v1::OBLIGATION_TYPE_HUMAN_REVIEW);
  request.set_partner(kKyrgyz);
  EXPECT_THAT(Discharge(request), HasReason("HOLDING_UNKNOWN"));
  const auto field_of_fault = [&](const std::function<void(v1::DischargeObligationRequest&)>& change) {
    request = Done(id, v1::OBLIGATION_TYPE_HUMAN_REVIEW);
    change(request);
    return MetadataOf(Discharge(request).status())["field"];
  };
  EXPECT_EQ(field_of_fault([](auto& r) { r.clear_context(); }), "context.purpose");
  EXPECT_EQ(field_of_fault([](auto& r) { r.set_exchange_id("x"); }), "exchange_id");
  EXPECT_EQ(field_of_fault([](auto& r) { r.clear_partner(); }), "partner");
  EXPECT_EQ(field_of_fault([](auto& r) { r.clear_obligation(); }), "obligation");
  EXPECT_EQ(field_of_fault([&](auto& r) { r.set_told_by_exchange(id); }), "told_by_exchange");
  EXPECT_EQ(pair_.kyrgyz.Entries().size(), before);
}

}  // namespace
}  // namespace tamga::obligation
