// Steps of a case, as the own agencies' officers take them on two desks.
#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/readmission/test_desks.h"

namespace tamga::readmission {
namespace {

using google::protobuf::util::MessageDifferencer;

class OwnStepTest : public TwoDesksTest {
 protected:
  static v1::ActOnReadmissionCaseRequest Reasoned(const std::string& case_id, v1::ReadmissionStepKind kind) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, kind);
    request.mutable_step()->set_reasons("The register is being moved.");
    return request;
  }

  static v1::ActOnReadmissionCaseRequest WithPlan(const std::string& case_id, v1::ReadmissionStepKind kind) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, kind);
    v1::TransferPlan& plan = *request.mutable_step()->mutable_transfer();
    plan.set_day("2027-02-01");
    plan.set_crossing_point("Kordai");
    plan.set_means("road");
    return request;
  }

  v1::ActOnReadmissionCaseRequest Signed(const std::string& case_id, v1::ReadmissionStepKind kind) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, kind);
    v1::HandOverRecord& record = *request.mutable_step()->mutable_hand_over();
    *record.mutable_at() = ToProto(clock_.Now());
    record.set_crossing_point("Kordai");
    record.set_officer_number("77");
    return request;
  }

  static v1::ActOnReadmissionCaseRequest WithDocument(const std::string& case_id) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT);
    v1::TravelDocument& document = *request.mutable_step()->mutable_travel_document();
    document.set_kind("return certificate");
    document.set_number("RC-1");
    document.set_issuing_state("KGZ");
    return request;
  }

  static v1::ActOnReadmissionCaseRequest Withdrawal(const std::string& case_id) {
    v1::ActOnReadmissionCaseRequest request = StepOf(case_id, v1::READMISSION_STEP_KIND_WITHDRAW);
    request.mutable_step()->set_withdrawal_code(v1::WITHDRAWAL_CODE_MAY_STAY);
    return request;
  }

  std::string Verifying() {
    const std::string case_id = Submitted();
    EXPECT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
    return case_id;
  }

  std::string Agreed() {
    const std::string case_id = Verifying();
    EXPECT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT));
    EXPECT_OK(Act(kaz_, case_id, v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT));
    EXPECT_OK(Act(kgz_, WithDocument(case_id)));
    EXPECT_OK(Act(kaz_, WithPlan(case_id, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER)));
    EXPECT_OK(Act(kgz_, WithPlan(case_id, v1::READMISSION_STEP_KIND_AGREE_TRANSFER)));
    return case_id;
  }
};

TEST_F(OwnStepTest, BothSidesHoldTheSameThroughAWholeLife) {
  const std::string case_id = Submitted();
  struct Taken {
    DeskNode& node;
    v1::ActOnReadmissionCaseRequest request;
    v1::ReadmissionState state;
  };
  using enum v1::ReadmissionStepKind;
  const Taken life[] = {
      {kgz_, StepOf(case_id, READMISSION_STEP_KIND_VERIFY), v1::READMISSION_STATE_VERIFYING},
      {kgz_, Reasoned(case_id, READMISSION_STEP_KIND_EXTEND), v1::READMISSION_STATE_EXTENDED},
      {kgz_, StepOf(case_id, READMISSION_STEP_KIND_ACCEPT), v1::READMISSION_STATE_ACCEPTED},
      {kaz_, StepOf(case_id, READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT), v1::READMISSION_STATE_TRAVEL_DOC_ASKED},
      {kgz_, WithDocument(case_id), v1::READMISSION_STATE_TRAVEL_DOC_ISSUED},
      {kaz_, WithPlan(case_id, READMISSION_STEP_KIND_PROPOSE_TRANSFER), v1::READMISSION_STATE_TRANSFER_PROPOSED},
      {kgz_, WithPlan(case_id, READMISSION_STEP_KIND_AGREE_TRANSFER), v1::READMISSION_STATE_TRANSFER_AGREED},
      {kgz_, Signed(case_id, READMISSION_STEP_KIND_TAKE_OVER), v1::READMISSION_STATE_TRANSFER_AGREED},
      {kaz_, Signed(case_id, READMISSION_STEP_KIND_HAND_OVER), v1::READMISSION_STATE_HANDED_OVER},
      {kgz_, Reasoned(case_id, READMISSION_STEP_KIND_CLAIM_ERROR), v1::READMISSION_STATE_ERROR_CLAIMED},
      {kaz_, StepOf(case_id, READMISSION_STEP_KIND_TAKE_BACK), v1::READMISSION_STATE_TAKEN_BACK},
  };
  for (const Taken& taken : life) {
    SCOPED_TRACE(taken.request.DebugString());
    const auto response = Act(taken.node, taken.request);
    ASSERT_OK(response);
    EXPECT_EQ(response->case_().state(), taken.state);
    EXPECT_EQ(response->exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
    EXPECT_FALSE(response->overtaken());
    ExpectEqualHistories(case_id);
    if (taken.state != v1::READMISSION_STATE_HANDED_OVER) continue;
    EXPECT_THAT(Act(kaz_, case_id, READMISSION_STEP_KIND_CLOSE), HasReason("ILLEGAL_TRANSITION"))
        << "the other side may still claim";
  }
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 13);
}

TEST_F(OwnStepTest, AStepIsSentUnderTheCasesTreatyInTheCasesOrder) {
  const std::string case_id = Verifying();
  const exchange::Outgoing& asked = kgz_.door.asked.at(0);
  EXPECT_EQ(asked.operation, v1::OPERATION_READMISSION_STEP);
  EXPECT_EQ(asked.context.treaty_id(), kTestTreatyId);
  EXPECT_EQ(asked.order_key, case_id);
  EXPECT_EQ(asked.to, kKaz);
  EXPECT_FALSE(asked.context.idempotency_key().empty());
  ASSERT_TRUE(asked.origin.has_value());
  EXPECT_EQ(asked.origin->partner, kKaz);
  EXPECT_EQ(kaz_.door.asked.at(0).origin, std::nullopt);
}

TEST_F(OwnStepTest, QueuedStepsAreInTheOwnViewAndArriveInOrder) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  const auto verified = Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY);
  ASSERT_OK(verified);
  EXPECT_EQ(verified->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(verified->case_().state(), v1::READMISSION_STATE_VERIFYING);
  kgz_.door.unreachable = false;
  const auto accepted = Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  ASSERT_OK(accepted);
  EXPECT_EQ(accepted->exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(accepted->case_().state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_RECEIVED);
  for (const exchange::AskResult& result : kgz_.door.DeliverWaiting()) EXPECT_OK(result.status);
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(kgz_.Case(case_id).history().rbegin()->delivery(), v1::DELIVERY_STATE_DELIVERED);
  ExpectEqualHistories(case_id);
}

TEST_F(OwnStepTest, OfStepsThatCrossedTheEarlierCountsOnBothSides) {
  const std::string case_id = Verifying();
  kaz_.door.unreachable = true;
  kgz_.door.unreachable = true;
  ASSERT_OK(Act(kaz_, Withdrawal(case_id)));
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_WITHDRAWN);
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
  kgz_.door.DeliverWaiting();
  kaz_.door.DeliverWaiting();
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_WITHDRAWN);
  EXPECT_TRUE(kgz_.Case(case_id).history().rbegin()->overtaken());
  ExpectEqualHistories(case_id);
}

TEST_F(OwnStepTest, AStepTakenWhileTheOtherSidesWaitsIsToldThatItWasOvertaken) {
  const std::string case_id = Verifying();
  kaz_.door.unreachable = true;
  ASSERT_OK(Act(kaz_, Withdrawal(case_id)));
  v1::ActOnReadmissionCaseRequest request = StepOf(case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  request.mutable_context()->set_idempotency_key("key-9");
  ASSERT_OK(Act(kgz_, request));
  kaz_.door.DeliverWaiting();
  const auto again = kgz_.desk.Act(kgz_.call, request);
  ASSERT_OK(again);
  EXPECT_TRUE(again->overtaken());
  EXPECT_EQ(again->case_().state(), v1::READMISSION_STATE_WITHDRAWN);
  ExpectEqualHistories(case_id);
}

TEST_F(OwnStepTest, ADeniedStepIsOnRecordWithoutEffectAndItsNumberIsUsedAgain) {
  const std::string case_id = Verifying();
  v1::ActOnReadmissionCaseRequest request = StepOf(case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  request.mutable_context()->set_idempotency_key("key-1");
  kgz_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
  EXPECT_THAT(Act(kgz_, request), HasReason("NO_GRANT"));
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_VERIFYING);
  kgz_.door.denied = absl::OkStatus();
  const auto again = kgz_.desk.Act(kgz_.call, request);
  EXPECT_THAT(again, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(again, HasReason("NO_GRANT"));
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
  const v1::ReadmissionFile file = kgz_.File(case_id);
  ASSERT_EQ(file.steps_size(), 3);
  EXPECT_TRUE(file.steps(1).failed());
  EXPECT_EQ(file.steps(1).step().number(), file.steps(2).step().number());
}

TEST_F(OwnStepTest, AForbiddenStepIsNotFiled) {
  const std::string case_id = Verifying();
  kgz_.door.forbidden = Error(absl::StatusCode::kPermissionDenied, "FORBIDDEN", "art. 2 forbids");
  EXPECT_THAT(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT), HasReason("FORBIDDEN"));
  EXPECT_EQ(kgz_.File(case_id).steps_size(), 1);
}

TEST_F(OwnStepTest, WhatIsBehindAnExpiredStepFallsWithIt) {
  const std::string case_id = Submitted();
  v1::ActOnReadmissionCaseRequest verify = StepOf(case_id, v1::READMISSION_STEP_KIND_VERIFY);
  verify.mutable_context()->set_idempotency_key("key-1");
  v1::ActOnReadmissionCaseRequest accept = StepOf(case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  accept.mutable_context()->set_idempotency_key("key-2");
  kgz_.door.unreachable = true;
  ASSERT_OK(Act(kgz_, verify));
  ASSERT_OK(Act(kgz_, accept));
  kgz_.door.ExpireWaiting();
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_THAT(kgz_.desk.Act(kgz_.call, verify), HasReason("EXPIRED"));
  EXPECT_THAT(kgz_.desk.Act(kgz_.call, accept), HasReason("PRECEDING_STEP_FAILED"));
  kgz_.door.unreachable = false;
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_VERIFYING);
}

TEST_F(OwnStepTest, AnExpiredStepIsReleasedAsItWasUnlessTheCaseHasGoneOn) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  kgz_.door.ExpireWaiting();
  const exchange::Outgoing& asked = kgz_.door.asked.back();
  v1::MessageHeader header;
  header.set_operation(asked.operation);
  header.set_idempotency_key(asked.context.idempotency_key());
  ASSERT_OK_AND_ASSIGN(const std::string exchange_id, ParseUuidV7(kgz_.File(case_id).steps(0).exchange_id()));
  header.set_exchange_id(exchange_id);
  const std::string body = asked.body->SerializeAsString();
  auto effects = kgz_.desk.HandleRelease({header, body});
  ASSERT_OK(effects);
  ASSERT_OK(kgz_.store.writer().Commit(*std::move(effects)));
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_VERIFYING);
  EXPECT_EQ(kgz_.File(case_id).steps(0).delivery(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_THAT(kgz_.desk.HandleRelease({header, body}), HasReason("NOT_RELEASABLE"));
}

TEST_F(OwnStepTest, AnApplicationThatCameToNothingOrWaitsStaysAtHomeOnceASafeguardStandsOrTheCaseIsClosed) {
  kaz_.door.unreachable = true;
  const std::string case_id = Submitted();
  kaz_.door.ExpireWaiting();
  const exchange::Outgoing& asked = kaz_.door.asked.back();
  v1::MessageHeader header;
  header.set_operation(asked.operation);
  header.set_idempotency_key(asked.context.idempotency_key());
  ASSERT_OK_AND_ASSIGN(const std::string exchange_id, ParseUuidV7(kaz_.File(case_id).first().exchange_id()));
  header.set_exchange_id(exchange_id);
  const std::string body = asked.body->SerializeAsString();
  kaz_.gate.standing.set_asylum_claim_open(v1::TERNARY_YES);
  EXPECT_THAT(kaz_.desk.HandleRelease({header, body}), HasReason("SAFEGUARD_STANDS"));
  EXPECT_THAT(kaz_.desk.CheckMayLeave(header, body), HasReason("SAFEGUARD_STANDS"));
  kaz_.gate.standing.clear_asylum_claim_open();
  EXPECT_OK(kaz_.desk.HandleRelease({header, body}));
  EXPECT_OK(kaz_.desk.CheckMayLeave(header, body));
  ASSERT_OK(Act(kaz_, case_id, v1::READMISSION_STEP_KIND_CLOSE));
  EXPECT_THAT(kaz_.desk.HandleRelease({header, body}), HasReason("NOT_RELEASABLE"));
}

TEST_F(OwnStepTest, SecondAnswerIsAnIllegalTransition) {
  const std::string case_id = Verifying();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT));
  const auto second = Act(kgz_, RefusalOf(case_id));
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("ACCEPTED")));
  EXPECT_THAT(second, HasReason("ILLEGAL_TRANSITION"));
  EXPECT_EQ(kgz_.door.asked.size(), 2u);
}

TEST_F(OwnStepTest, OnlyTheSideWhoseStepItIsMayTakeIt) {
  const std::string case_id = Verifying();
  EXPECT_THAT(Act(kaz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(Act(kgz_, Withdrawal(case_id)), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(OwnStepTest, RepeatedKeyedStepIsTakenOnce) {
  v1::ActOnReadmissionCaseRequest request = StepOf(Submitted(), v1::READMISSION_STEP_KIND_VERIFY);
  request.mutable_context()->set_idempotency_key("key-9");
  const auto first = kgz_.desk.Act(kgz_.call, request);
  const auto second = kgz_.desk.Act(kgz_.call, request);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_TRUE(MessageDifferencer::Equals(first->case_(), second->case_()));
  EXPECT_EQ(second->exchange().exchange_id(), first->exchange().exchange_id());
  EXPECT_EQ(kgz_.door.asked.size(), 1u);
}

TEST_F(OwnStepTest, WhoeverActsUsesWhatThePartnerSent) {
  const std::string case_id = Submitted();
  kgz_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "it serves other purposes only");
  EXPECT_THAT(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY), HasReason("USE_NOT_PERMITTED"));
  EXPECT_TRUE(kgz_.door.asked.empty());
  kgz_.uses.answer = absl::OkStatus();
  kgz_.uses.asked.clear();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  ASSERT_EQ(kgz_.uses.asked.size(), 1u);
  EXPECT_EQ(kgz_.uses.asked[0].origin.partner, kKaz);
}

TEST_F(OwnStepTest, UnknownCaseHasNoSteps) {
  const std::string unknown = FormatUuid(NewUuidV7(clock_.Now(), rng_));
  EXPECT_THAT(Act(kgz_, unknown, v1::READMISSION_STEP_KIND_VERIFY), HasReason("CASE_UNKNOWN"));
}

TEST_F(OwnStepTest, AStepUnderAnotherTreatyIsRefused) {
  v1::ActOnReadmissionCaseRequest request = StepOf(Submitted(), v1::READMISSION_STEP_KIND_VERIFY);
  request.mutable_context()->set_treaty_id("OTHER-TREATY");
  EXPECT_THAT(Act(kgz_, request), HasReason("INVALID_FIELD"));
}

TEST_F(OwnStepTest, ATransferIsHeldUpBySafeguardsAndTellsThePolicyWhatWasChecked) {
  const std::string case_id = Agreed();
  policy::Facts expected;
  expected.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  expected.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
  EXPECT_EQ(kaz_.door.asked.back().operation, v1::OPERATION_READMISSION_TRANSFER);
  EXPECT_EQ(kaz_.door.asked.back().facts, expected);
  kaz_.gate.standing.set_trafficking_indicator(v1::TERNARY_YES);
  const int steps = kaz_.File(case_id).steps_size();
  EXPECT_THAT(Act(kaz_, Signed(case_id, v1::READMISSION_STEP_KIND_HAND_OVER)), HasReason("SAFEGUARD_STANDS"));
  EXPECT_EQ(kaz_.File(case_id).steps_size(), steps);
  v1::ActOnReadmissionCaseRequest hold = StepOf(case_id, v1::READMISSION_STEP_KIND_HOLD);
  hold.mutable_step()->set_hold_code(v1::HOLD_CODE_PROTECTION);
  ASSERT_OK(Act(kaz_, hold));
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_ON_HOLD);
  ExpectEqualHistories(case_id);
}

// Who signs ahead keeps the acceptance from lapsing.
TEST_F(OwnStepTest, NobodySignsForAHandOverThatLiesAhead) {
  const std::string case_id = Agreed();
  v1::ActOnReadmissionCaseRequest early = Signed(case_id, v1::READMISSION_STEP_KIND_HAND_OVER);
  *early.mutable_step()->mutable_hand_over()->mutable_at() = ToProto(clock_.Now() + absl::Hours(24));
  EXPECT_THAT(Act(kaz_, early), HasReason("INVALID_FIELD"));
  *early.mutable_step()->mutable_hand_over()->mutable_at() = ToProto(clock_.Now() - absl::Hours(24 * 365));
  EXPECT_THAT(Act(kaz_, early), HasReason("INVALID_FIELD"));
  EXPECT_OK(Act(kaz_, Signed(case_id, v1::READMISSION_STEP_KIND_HAND_OVER)));
}

TEST_F(OwnStepTest, ARecordsOfficerClosesAnEndedCaseOnHisOwnSide) {
  const std::string case_id = Verifying();
  EXPECT_THAT(Act(kaz_, case_id, v1::READMISSION_STEP_KIND_CLOSE), HasReason("ILLEGAL_TRANSITION"));
  ASSERT_OK(Act(kaz_, Withdrawal(case_id)));
  const size_t asked = kaz_.door.asked.size();
  const auto closed = Act(kaz_, case_id, v1::READMISSION_STEP_KIND_CLOSE);
  ASSERT_OK(closed);
  EXPECT_EQ(closed->case_().state(), v1::READMISSION_STATE_CLOSED);
  EXPECT_EQ(kaz_.door.asked.size(), asked);
  EXPECT_EQ(kaz_.File(case_id).application().names_size(), 0);
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_WITHDRAWN);
  EXPECT_EQ(kgz_.File(case_id).application().names_size(), 1);
  EXPECT_THAT(Act(kaz_, case_id, v1::READMISSION_STEP_KIND_CLOSE), HasReason("ILLEGAL_TRANSITION"));
}

struct ActFault {
  std::string name;
  std::function<void(v1::ActOnReadmissionCaseRequest&)> make;
};

class ActFaultTest : public OwnStepTest, public ::testing::WithParamInterface<ActFault> {};

TEST_P(ActFaultTest, IsRefusedBeforeAnythingIsAsked) {
  v1::ActOnReadmissionCaseRequest request = RefusalOf(Verifying());
  const size_t asked = kgz_.door.asked.size();
  GetParam().make(request);
  EXPECT_THAT(Act(kgz_, request), HasReason("INVALID_FIELD"));
  EXPECT_EQ(kgz_.door.asked.size(), asked);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ActFaultTest,
    ::testing::Values(
        ActFault{"NoContext", [](auto& request) { request.clear_context(); }},
        ActFault{"NoStep", [](auto& request) { request.clear_step(); }},
        ActFault{"NoCase", [](auto& request) { request.mutable_step()->clear_case_id(); }},
        ActFault{"NoReasons", [](auto& request) { request.mutable_step()->clear_reasons(); }},
        ActFault{"LongReasons", [](auto& request) { request.mutable_step()->set_reasons(std::string(2001, 'x')); }},
        ActFault{"NoCode", [](auto& request) { request.mutable_step()->clear_refusal_code(); }},
        ActFault{"CodeOfAcceptance",
                 [](auto& request) { request.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_ACCEPT); }},
        ActFault{"StepOfTheClock",
                 [](auto& request) {
                   const std::string case_id = request.step().case_id();
                   request.mutable_step()->Clear();
                   request.mutable_step()->set_case_id(case_id);
                   request.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
                 }},
        ActFault{"Number", [](auto& request) { request.mutable_step()->set_number(2); }},
        ActFault{"Seen", [](auto& request) { request.mutable_step()->set_seen(2); }},
        ActFault{"Time", [](auto& request) { request.mutable_step()->mutable_at()->set_seconds(1'800'000'000); }},
        ActFault{"Receipt",
                 [](auto& request) { request.mutable_step()->mutable_received_at()->set_seconds(1'800'000'000); }},
        ActFault{"ClosingWithReasons",
                 [](auto& request) { request.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_CLOSE); }}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tamga::readmission
