// What partners send to a desk: duplicates, what belongs to others, and what contradicts itself.
#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/readmission/test_desks.h"

namespace tamga::readmission {
namespace {

class ReadmissionExchangeTest : public TwoDesksTest {
 protected:
  // A step of Kyrgyzstan's as it was sent, to be changed.
  exchange::Outgoing StepSent(const std::function<void(v1::ReadmissionStep&)>& change) {
    exchange::Outgoing copy = kgz_.door.asked.back();
    auto body = std::make_shared<v1::ReadmissionStep>(static_cast<const v1::ReadmissionStep&>(*copy.body));
    change(*body);
    copy.body = body;
    return copy;
  }
};

TEST_F(ReadmissionExchangeTest, RepeatedSubmissionIsAnsweredWithoutASecondCase) {
  const std::string case_id = Submitted();
  EXPECT_OK(kaz_.door.Repeat());
  EXPECT_EQ(kgz_.Case(case_id).version(), 1u);
}

TEST_F(ReadmissionExchangeTest, RepeatedStepIsAnsweredWithoutASecondEvent) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  EXPECT_OK(kgz_.door.Repeat());
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 3);
  EXPECT_OK(kgz_.door.Send(kgz_.door.asked.back()));  // in another exchange
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 3);
}

TEST_F(ReadmissionExchangeTest, WhatWasTakenAndNotAnsweredHasOneEffectWhenItComesAgain) {
  kaz_.door.unreachable = true;
  const std::string case_id = Submitted();
  for (const absl::Status& taken : kaz_.door.LoseAnswersToWaiting()) EXPECT_OK(taken);
  EXPECT_EQ(kgz_.Case(case_id).state(), v1::READMISSION_STATE_RECEIVED);
  // The next step of the other side proves the receipt, whose own proof comes last.
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_VERIFYING);
  for (const exchange::AskResult& result : kaz_.door.DeliverWaiting()) EXPECT_OK(result.status);
  ExpectEqualHistories(case_id);
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 3);
}

TEST_F(ReadmissionExchangeTest, SubmissionUnderAKnownCaseIdIsRefused) {
  Submitted();
  EXPECT_THAT(kaz_.door.Send(kaz_.door.asked.at(0)), HasReason("CASE_EXISTS"));  // in another exchange
}

TEST_F(ReadmissionExchangeTest, AnotherAgencysCaseIdIsNotServed) {
  Submitted();
  DeskNode tjk("TJK/interior-ministry", treaties_, clock_, rng_);
  tjk.door.Connect(kgz_.door);
  EXPECT_THAT(tjk.door.Send(kaz_.door.asked.at(0)), HasReason("NOT_SERVED"));
}

TEST_F(ReadmissionExchangeTest, AStepOfACaseOfOthersIsRefusedAsIfThereWereNone) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  DeskNode tjk("TJK/interior-ministry", treaties_, clock_, rng_);
  tjk.door.Connect(kaz_.door);
  const exchange::Outgoing stolen = StepSent([](v1::ReadmissionStep& step) { step.set_number(2); });
  const exchange::Outgoing unknown =
      StepSent([&](v1::ReadmissionStep& step) { step.set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_))); });
  EXPECT_THAT(tjk.door.Send(stolen), HasReason("CASE_UNKNOWN"));
  EXPECT_THAT(tjk.door.Send(unknown), HasReason("CASE_UNKNOWN"));
  EXPECT_EQ(tjk.door.Send(stolen).message(), tjk.door.Send(unknown).message());
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_VERIFYING);
}

TEST_F(ReadmissionExchangeTest, AStepThatContradictsOrLeavesOneOutIsRefused) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  const auto later = [](v1::ReadmissionStep& step) {
    *step.mutable_at() = ToProto(FromProto(step.at()) + absl::Seconds(1));
  };
  EXPECT_THAT(kgz_.door.Send(StepSent(later)), HasReason("STEP_CONTRADICTS"));
  const absl::Status skipping = kgz_.door.Send(StepSent([&](v1::ReadmissionStep& step) {
    later(step);
    step.set_number(3);
  }));
  EXPECT_THAT(skipping, HasReason("OUT_OF_ORDER"));
  EXPECT_THAT(skipping, StatusIs(absl::StatusCode::kOutOfRange));  // with which a partner may be told
  EXPECT_EQ(kaz_.Case(case_id).history_size(), 3);
}

TEST_F(ReadmissionExchangeTest, AnAnswerToAnAnsweredCaseIsRefused) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_ACCEPT));
  EXPECT_THAT(kgz_.door.Send(StepSent([](v1::ReadmissionStep& step) {
    step.set_number(3);
    *step.mutable_at() = ToProto(FromProto(step.at()) + absl::Seconds(1));
  })),
              HasReason("ILLEGAL_TRANSITION"));
  EXPECT_EQ(kaz_.Case(case_id).state(), v1::READMISSION_STATE_ACCEPTED);
}

TEST_F(ReadmissionExchangeTest, AStepBelongsToItsOperation) {
  ASSERT_OK(Act(kgz_, Submitted(), v1::READMISSION_STEP_KIND_VERIFY));
  exchange::Outgoing copy = kgz_.door.asked.back();
  copy.operation = v1::OPERATION_READMISSION_REPLY;
  EXPECT_THAT(kgz_.door.Send(copy), HasReason("INVALID_FIELD"));
}

TEST_F(ReadmissionExchangeTest, ASubmissionThatIsNotInOrderIsRefused) {
  exchange::Outgoing question;
  question.to = kKgz;
  question.operation = v1::OPERATION_READMISSION_SUBMIT;
  Submitted();
  const auto sent = [&](const std::function<void(v1::ReadmissionSubmission&)>& change) {
    auto body = std::make_shared<v1::ReadmissionSubmission>(
        static_cast<const v1::ReadmissionSubmission&>(*kaz_.door.asked.at(0).body));
    body->set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
    change(*body);
    question.body = body;
    return kaz_.door.Send(question);
  };
  EXPECT_THAT(sent([](auto& body) { body.clear_application(); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.set_case_id("../17"); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.clear_checks(); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.mutable_checks()->set_nothing_stands_in_the_way(false); }),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.clear_at(); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([&](auto& body) { *body.mutable_at() = ToProto(clock_.Now() + absl::Hours(1)); }),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.clear_procedure(); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(sent([](auto& body) { body.set_procedure(v1::READMISSION_PROCEDURE_NOTICE); }),
              HasReason("INVALID_FIELD"));
  EXPECT_EQ(kgz_.CaseIds().size(), 1u);
  EXPECT_OK(sent([](auto&) {}));
}

TEST_F(ReadmissionExchangeTest, OtherOperationsAreNotServed) {
  exchange::Outgoing question;
  question.to = kKgz;
  question.operation = v1::OPERATION_WATCHLIST_CHECK;
  question.body = std::make_shared<v1::ReadmissionSubmission>();
  EXPECT_THAT(kaz_.door.Send(question), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(ReadmissionExchangeTest, WhatFollowsGoesByTheLawOfTheReceipt) {
  const std::string case_id = Submitted();
  const absl::Time received_at = FromProto(kgz_.Case(case_id).history(1).at());
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  const std::string body = kgz_.door.asked.back().body->SerializeAsString();
  v1::MessageHeader header;
  header.set_from(kKgz);
  header.set_to(kKaz);
  header.set_operation(v1::OPERATION_READMISSION_STEP);
  EXPECT_EQ(kaz_.desk.LawAsOf(header, body), received_at);
  EXPECT_EQ(kgz_.desk.LawAsOf(header, body), received_at);
  EXPECT_EQ(kaz_.desk.LawAsOf(header, ""), absl::InfiniteFuture());
  EXPECT_EQ(kaz_.desk.LawAsOf(header, "no step"), absl::InfiniteFuture());
  header.set_from("TJK/interior-ministry");
  EXPECT_EQ(kaz_.desk.LawAsOf(header, body), absl::InfiniteFuture());
  header.set_from(kKaz);
  header.set_to(kKgz);
  header.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  EXPECT_EQ(kgz_.desk.LawAsOf(header, kaz_.door.asked.at(0).body->SerializeAsString()), absl::InfiniteFuture());
}

TEST_F(ReadmissionExchangeTest, ErasureDeletesAPartnersCaseAndOfAnOwnOneWhatThePartnerSaid) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  ASSERT_OK(Act(kgz_, RefusalOf(case_id)));
  for (DeskNode* node : {&kaz_, &kgz_}) {
    const std::vector<store::RecordRow> rows = node->RowsOf(case_id);
    auto effects = node->desk.HandleErasure({v1::Holding(), rows, clock_.Now()});
    ASSERT_OK(effects);
    ASSERT_OK(node->store.writer().Commit(*std::move(effects)));
  }
  const v1::ReadmissionCase own = kaz_.Case(case_id);
  EXPECT_EQ(own.state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_EQ(own.history().rbegin()->reasons(), "erased");
  EXPECT_EQ(own.history().rbegin()->refusal_code(), v1::REFUSAL_CODE_UNSPECIFIED);
  EXPECT_TRUE(own.has_application());
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  EXPECT_THAT(kgz_.desk.Get(kgz_.call, request), HasReason("CASE_UNKNOWN"));
}

TEST_F(ReadmissionExchangeTest, AnswerToAnErasedApplicationIsSettledWithoutEffect) {
  const std::string case_id = Submitted();
  kgz_.door.unreachable = true;
  ASSERT_OK(Act(kgz_, case_id, v1::READMISSION_STEP_KIND_VERIFY));
  auto effects = kgz_.desk.HandleErasure({v1::Holding(), kgz_.RowsOf(case_id), clock_.Now()});
  ASSERT_OK(effects);
  ASSERT_OK(kgz_.store.writer().Commit(*std::move(effects)));
  for (const exchange::AskResult& result : kgz_.door.DeliverWaiting()) EXPECT_OK(result.status);
  EXPECT_TRUE(kgz_.CaseIds().empty());
}

}  // namespace
}  // namespace tamga::readmission
