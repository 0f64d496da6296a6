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

// Otherwise whoever is asked could put the reply off for ever.
TEST_F(CaseFilingTest, AReceiptOfAnImpossibleTimeDoesNotKeepTheReplyClockFromRunning) {
  const absl::Time settled_at = CaseStart() + absl::Minutes(1);
  for (const absl::Time told : {CaseStart() - absl::Hours(1), CaseStart(), CaseStart() + absl::Hours(24 * 365)}) {
    TwoDesks desks(law_, v1::READMISSION_PROCEDURE_NORMAL, CaseStart());
    ASSERT_OK(desks.Begin());
    v1::ReadmissionFile file = desks.file(true);
    v1::ReadmissionReceived received;
    *received.mutable_received_at() = ToProto(told);
    SettleFirst(received, settled_at, &file);
    EXPECT_EQ(FromProto(file.received_at()), settled_at);
    EXPECT_EQ(FromProto(file.pinned_at()), settled_at);
    EXPECT_TRUE(file.has_diverged_at());
    EXPECT_EQ(FoldCase(file, law_, kRequestingAgency, settled_at + absl::Hours(10)).record.state(),
              v1::READMISSION_STATE_DEEMED_ACCEPTED);
  }
}

TEST_F(CaseFilingTest, AnAnswerTellsAReceiptOfWhatWasSubmittedAgainAloneAndOnlyAPossibleOne) {
  v1::ReadmissionStepRecorded recorded;
  *recorded.mutable_received_at() = ToProto(CaseStart() + absl::Hours(24 * 365));
  v1::ReadmissionFile verified = desks_.file(false);
  ASSERT_TRUE(SettleStep(law_, kRequestedAgency, verify_.exchange_id(), recorded, desks_.now, &verified));
  EXPECT_FALSE(verified.steps(0).has_received_at());

  TwoDesks desks(law_, v1::READMISSION_PROCEDURE_NORMAL, CaseStart());
  ASSERT_OK(desks.Begin());
  ASSERT_OK(desks.Send(true));
  ASSERT_OK(desks.Take(false, MakeStep(v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE)));
  ASSERT_OK(desks.Send(false));
  ASSERT_OK(desks.Take(true, MakeStep(v1::READMISSION_STEP_KIND_RESUBMIT)));
  const std::string exchange_id = desks.Oldest(true)->exchange_id();
  const absl::Time settled_at = CaseStart() + absl::Minutes(1);
  v1::ReadmissionFile resubmitted = desks.file(true);
  ASSERT_TRUE(SettleStep(law_, kRequestingAgency, exchange_id, recorded, settled_at, &resubmitted));
  EXPECT_TRUE(resubmitted.has_diverged_at());
  EXPECT_EQ(FromProto(resubmitted.steps().rbegin()->received_at()), settled_at);
  EXPECT_EQ(FoldCase(resubmitted, law_, kRequestingAgency, settled_at + absl::Hours(10)).record.state(),
            v1::READMISSION_STATE_DEEMED_ACCEPTED);
}

// As overtaken it would lie in the file, and what it submits would have a receipt of its own on one side alone.
TEST_F(CaseFilingTest, AStepOfTheOtherSidesIsNotFiledThoughItCrossedOne) {
  v1::ReadmissionStep hold = MakeStep(v1::READMISSION_STEP_KIND_HOLD);
  ASSERT_OK(desks_.Take(true, hold));
  for (const v1::ReadmissionStepKind kind : {v1::READMISSION_STEP_KIND_RESUBMIT, v1::READMISSION_STEP_KIND_WITHDRAW}) {
    v1::ReadmissionStep step = MakeStep(kind);
    step.set_case_id(kCaseId);
    step.set_number(1);
    step.set_seen(1);
    *step.mutable_at() = verify_.step().at();
    *step.mutable_received_at() = verify_.step().received_at();
    EXPECT_THAT(Arrive(step), HasReason("INVALID_FIELD"));
  }
  EXPECT_OK(Arrive(verify_.step()));
}

// Otherwise it would be without effect on its own side alone, until the other side takes another step.
TEST_F(CaseFilingTest, WhatTheOtherSidesStepFollowsStandsThoughItsOwnAnswerNeverCame) {
  ASSERT_OK(desks_.Send(false));
  ASSERT_OK(desks_.Take(false, MakeStep(v1::READMISSION_STEP_KIND_ACCEPT)));
  ASSERT_OK(desks_.Send(false));
  ASSERT_OK(desks_.Take(true, MakeStep(v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT)));
  ASSERT_OK(desks_.Send(true, TwoDesks::Line::kAnswerLost));
  ASSERT_OK(desks_.Take(false, MakeStep(v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT)));
  ASSERT_OK(desks_.Send(false));
  ASSERT_TRUE(desks_.Fail(true, v1::DELIVERY_STATE_EXPIRED));
  EXPECT_EQ(desks_.StateOf(true), v1::READMISSION_STATE_TRAVEL_DOC_ISSUED);
  EXPECT_EQ(desks_.Fold(true).history_sha256, desks_.Fold(false).history_sha256);
}

// Otherwise a refusal could be said, long after, to have been in time, and an application to have been made in time.
TEST_F(CaseFilingTest, AStepIsNotOfLongBeforeItsMessage) {
  const absl::Time at = FromProto(verify_.step().at());
  const auto arrive = [&](absl::Duration age) {
    return FileStep(desks_.file(true), law_, kRequestingAgency, verify_.step(), {"x", at + age, {}}, at + age).status();
  };
  EXPECT_OK(arrive(kStepAge));
  EXPECT_THAT(arrive(kStepAge + absl::Seconds(1)), HasReason("INVALID_FIELD"));
  const auto open = [&](absl::Duration age) {
    return OpenFile(MakeEmptyFile(v1::READMISSION_PROCEDURE_NORMAL), law_, v1::READMISSION_STEP_KIND_SUBMIT,
                    CaseStart(), {"x", CaseStart() + age, {}}, CaseStart() + age)
        .status();
  };
  EXPECT_OK(open(kStepAge));
  EXPECT_THAT(open(kStepAge + absl::Seconds(1)), HasReason("INVALID_FIELD"));
}

TEST_F(CaseFilingTest, NoSideFillsACaseWithSteps) {
  v1::ReadmissionFile file = desks_.file(true);
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_HOLD);
  const auto release = v1::READMISSION_STEP_KIND_RELEASE;
  absl::Time at = CaseStart() + absl::Minutes(1);
  for (uint32_t number = 1; number <= kMostSteps; ++number, at += absl::Seconds(1)) {
    v1::FiledStep& filed = *file.add_steps();
    *filed.mutable_step() = number % 2 == 1 ? step : MakeStep(release);
    filed.mutable_step()->set_number(number);
    filed.mutable_step()->set_seen(1);
    *filed.mutable_step()->mutable_at() = ToProto(at);
  }
  step.set_number(kMostSteps + 1);
  step.set_seen(1);
  *step.mutable_at() = ToProto(at);
  *step.mutable_received_at() = file.received_at();
  EXPECT_THAT(FileStep(file, law_, kRequestingAgency, step, {"x", at, {}}, at), HasReason("CASE_FULL"));
  EXPECT_THAT(AddOwnStep(file, law_, kRequestedAgency, MakeStep(v1::READMISSION_STEP_KIND_HOLD), {"x", at, {}}, at),
              HasReason("CASE_FULL"));
  EXPECT_OK(AddOwnStep(file, law_, kRequestingAgency, MakeStep(v1::READMISSION_STEP_KIND_WITHDRAW), {"x", at, {}}, at));
}

}  // namespace
}  // namespace tamga::readmission
