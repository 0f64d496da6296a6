#include "node/readmission/case_filing.h"

#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/readmission/case_fixture.h"
#include "node/readmission/two_desks.h"

namespace tamga::readmission {
namespace {

class CaseFilingTest : public ::testing::Test {
 protected:
  CaseFilingTest() {
    EXPECT_OK(desks_.Begin());
    EXPECT_OK(desks_.Send(true));
    EXPECT_OK(desks_.Take(false, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)));
    verify_ = *desks_.Oldest(false);
  }

  absl::StatusOr<Filed> Arrive(const v1::ReadmissionStep& step) {
    v1::FiledStep sent = verify_;
    *sent.mutable_step() = step;
    return desks_.Arrive(false, sent);
  }

  const CaseLaw law_ = MakeCaseLaw(MakeCaseTreaty());
  TwoDesks desks_{law_, v1::READMISSION_PROCEDURE_NORMAL, CaseStart()};
  v1::FiledStep verify_;
};

TEST_F(CaseFilingTest, AStepThatComesTwiceIsFiledOnceWithTheSameAnswer) {
  ASSERT_OK_AND_ASSIGN(const Filed first, Arrive(verify_.step()));
  EXPECT_FALSE(first.is_repeat);
  ASSERT_OK(desks_.Send(false));
  ASSERT_OK_AND_ASSIGN(const Filed second, Arrive(verify_.step()));
  EXPECT_TRUE(second.is_repeat);
  EXPECT_EQ(second.recorded.SerializeAsString(), first.recorded.SerializeAsString());
}

TEST_F(CaseFilingTest, AnotherStepOfTheSameNumberContradicts) {
  ASSERT_OK(desks_.Send(false));
  v1::ReadmissionStep other = verify_.step();
  other.set_file_number("17");
  EXPECT_THAT(Arrive(other), HasReason("STEP_CONTRADICTS"));
}

TEST_F(CaseFilingTest, AStepThatOvertookAnotherIsSentBack) {
  v1::ReadmissionStep early = verify_.step();
  early.set_number(2);
  EXPECT_THAT(Arrive(early), HasReason("OUT_OF_ORDER"));
}

TEST_F(CaseFilingTest, ParticularsThatDoNotFitTheCaseAreRefused) {
  v1::ReadmissionStep step = verify_.step();
  step.set_seen(7);
  EXPECT_THAT(Arrive(step), HasReason("INVALID_FIELD"));
  step = verify_.step();
  *step.mutable_at() = ToProto(CaseStart() - absl::Hours(1));
  EXPECT_THAT(Arrive(step), HasReason("INVALID_FIELD"));
  step = verify_.step();
  *step.mutable_received_at() = ToProto(CaseStart() - absl::Hours(1));
  EXPECT_THAT(Arrive(step), HasReason("INVALID_FIELD"));
  EXPECT_THAT(FileStep(desks_.file(true), law_, kRequestingAgency, verify_.step(),
                       {"x", FromProto(verify_.step().at()) - absl::Minutes(11), {}}, desks_.now),
              HasReason("INVALID_FIELD"));
}

TEST_F(CaseFilingTest, AStepThatIsIllegalThoughItsSideKnewAllIsNotFiled) {
  v1::ReadmissionStep step = verify_.step();
  step.set_kind(v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT);
  EXPECT_THAT(Arrive(step), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(CaseFilingTest, AStepOfTheRequestedSideProvesTheReceipt) {
  TwoDesks desks(law_, v1::READMISSION_PROCEDURE_NORMAL, CaseStart());
  ASSERT_OK(desks.Begin());
  ASSERT_OK(desks.Send(true, TwoDesks::Line::kAnswerLost));
  ASSERT_OK(desks.Take(false, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)));
  ASSERT_OK(desks.Send(false));
  EXPECT_EQ(desks.StateOf(true), v1::READMISSION_STATE_VERIFYING);
  EXPECT_EQ(desks.Fold(true).history_sha256, desks.Fold(false).history_sha256);
}

TEST_F(CaseFilingTest, WhatExpiredThoughItHadArrivedCountsAgainWithTheNextStep) {
  TwoDesks desks(law_, v1::READMISSION_PROCEDURE_NORMAL, CaseStart());
  ASSERT_OK(desks.Begin());
  ASSERT_OK(desks.Send(true, TwoDesks::Line::kAnswerLost));
  ASSERT_TRUE(desks.Fail(true, v1::DELIVERY_STATE_EXPIRED));
  EXPECT_EQ(desks.StateOf(true), v1::READMISSION_STATE_NOT_DELIVERED);
  ASSERT_OK(desks.Take(false, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)));
  ASSERT_OK(desks.Send(false));
  EXPECT_EQ(desks.StateOf(true), v1::READMISSION_STATE_VERIFYING);
}

TEST_F(CaseFilingTest, AFailedStepTakesTheLaterOnesWithItAndItsNumberIsUsedAgain) {
  ASSERT_OK(desks_.Take(false, MakeStep(v1::READMISSION_STEP_KIND_ACCEPT)));
  ASSERT_TRUE(desks_.Fail(false, v1::DELIVERY_STATE_REFUSED));
  EXPECT_EQ(desks_.Oldest(false), nullptr);
  EXPECT_EQ(desks_.StateOf(false), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(desks_.Fold(false).record.history_size(), 4);
  ASSERT_OK(desks_.Take(false, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)));
  EXPECT_EQ(desks_.Oldest(false)->step().number(), 1u);
  desks_.Drain();
  EXPECT_EQ(desks_.StateOf(true), v1::READMISSION_STATE_VERIFYING);
}

TEST_F(CaseFilingTest, AnAnswerWithAnotherHistoryIsADivergence) {
  v1::ReadmissionFile file = desks_.file(false);
  v1::ReadmissionStepRecorded recorded;
  recorded.set_history_sha256(std::string(32, 'x'));
  EXPECT_TRUE(SettleStep(law_, kRequestedAgency, verify_.exchange_id(), recorded, desks_.now, &file));
  EXPECT_TRUE(file.has_diverged_at());
  EXPECT_FALSE(SettleStep(law_, kRequestedAgency, verify_.exchange_id(), recorded, desks_.now, &file));
}

}  // namespace
}  // namespace tamga::readmission
