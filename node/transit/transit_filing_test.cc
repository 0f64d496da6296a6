#include "node/transit/transit_filing.h"

#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/transit/transit_fixture.h"

namespace tamga::transit {
namespace {

class TransitFilingTest : public ::testing::Test {
 protected:
  // The requested side's consent as it arrives at the requesting side.
  v1::TransitStep Consent() {
    v1::TransitStep step = MakeTransitStep(v1::TRANSIT_STEP_KIND_CONSENT);
    NumberStep(pair_.file(false), kAsked, at_, &step);
    return step;
  }
  absl::StatusOr<FiledTransit> File(const v1::TransitStep& step) {
    return FileStep(pair_.file(true), pair_.law(), kAsking, step, {"exchange-1", at_, {}}, at_);
  }

  const absl::Time at_ = TransitStart() + absl::Hours(1);
  TransitPair pair_;
};

TEST_F(TransitFilingTest, TheSameStepAgainHasOneEffectAndTheSameAnswer) {
  ASSERT_OK_AND_ASSIGN(const FiledTransit first, File(Consent()));
  EXPECT_FALSE(first.is_repeat);
  pair_.file(true) = first.file;
  ASSERT_OK_AND_ASSIGN(const FiledTransit again, File(Consent()));
  EXPECT_TRUE(again.is_repeat);
  EXPECT_EQ(again.recorded.SerializeAsString(), first.recorded.SerializeAsString());
  EXPECT_EQ(again.file.steps_size(), 2);
}

TEST_F(TransitFilingTest, AnotherStepOfTheSameNumberContradicts) {
  ASSERT_OK_AND_ASSIGN(const FiledTransit first, File(Consent()));
  pair_.file(true) = first.file;
  v1::TransitStep other = Consent();
  other.set_kind(v1::TRANSIT_STEP_KIND_REFUSE);
  EXPECT_THAT(File(other), HasReason("STEP_CONTRADICTS"));
}

TEST_F(TransitFilingTest, AStepBeforeItsTurnIsOutOfOrder) {
  v1::TransitStep step = Consent();
  step.set_number(2);
  EXPECT_THAT(File(step), HasReason("OUT_OF_ORDER"));
}

TEST_F(TransitFilingTest, NumbersTimesAndReceiptMustFitTheCase) {
  v1::TransitStep step = Consent();
  step.set_seen(2);
  EXPECT_THAT(File(step), HasReason("INVALID_FIELD"));
  step = Consent();
  *step.mutable_at() = ToProto(TransitStart());
  EXPECT_THAT(File(step), HasReason("INVALID_FIELD"));
  step = Consent();
  *step.mutable_at() = ToProto(at_ + absl::Hours(1));
  EXPECT_THAT(File(step), HasReason("INVALID_FIELD"));
  step = Consent();
  *step.mutable_received_at() = ToProto(TransitStart() + absl::Seconds(2));
  EXPECT_THAT(File(step), HasReason("INVALID_FIELD"));
  step.clear_received_at();
  EXPECT_THAT(File(step), HasReason("INVALID_FIELD"));
}

TEST_F(TransitFilingTest, AnAnswerProvesTheReceiptThatGotLost) {
  pair_.file(true).clear_received_at();
  ASSERT_OK_AND_ASSIGN(const FiledTransit filed, File(Consent()));
  EXPECT_EQ(FromProto(filed.file.received_at()), TransitStart() + absl::Seconds(1));
  EXPECT_EQ(filed.recorded.state(), v1::TRANSIT_STATE_CONSENTED);
}

TEST_F(TransitFilingTest, AStepThatExpiredButGotThereCountsAgainWhenTheOtherSideHasSeenIt) {
  ASSERT_OK(pair_.Take(true, v1::TRANSIT_STEP_KIND_WITHDRAW, at_));
  const v1::FiledTransitStep withdrawn = pair_.file(true).steps(1);
  ASSERT_OK_AND_ASSIGN(const FiledTransit there, FileStep(pair_.file(false), pair_.law(), kAsked, withdrawn.step(),
                                                          {withdrawn.exchange_id(), at_, {}}, at_));
  EXPECT_EQ(there.recorded.state(), v1::TRANSIT_STATE_WITHDRAWN);
  ASSERT_TRUE(FailStep(kAsking, withdrawn.exchange_id(), v1::DELIVERY_STATE_EXPIRED,
                       Error(absl::StatusCode::kDeadlineExceeded, "EXPIRED", "no answer came"), &pair_.file(true)));
  EXPECT_EQ(pair_.View(true, at_).state(), v1::TRANSIT_STATE_SUBMITTED);
  EXPECT_TRUE(pair_.View(true, at_).history().rbegin()->overtaken());
  // The officer withdraws again, and the other side says that it has another step of that number.
  ASSERT_OK(pair_.Take(true, v1::TRANSIT_STEP_KIND_WITHDRAW, at_ + absl::Hours(1)));
  ASSERT_TRUE(FailStep(kAsking, pair_.file(true).steps(2).exchange_id(), v1::DELIVERY_STATE_REFUSED,
                       Error(absl::StatusCode::kAlreadyExists, "STEP_CONTRADICTS", "another"), &pair_.file(true)));
  EXPECT_EQ(pair_.View(true, at_).state(), v1::TRANSIT_STATE_WITHDRAWN);
  EXPECT_FALSE(pair_.file(true).steps(1).failed());
}

TEST_F(TransitFilingTest, AFailedStepIsReopenedUntilAnotherStandsInItsPlace) {
  ASSERT_OK(pair_.Take(true, v1::TRANSIT_STEP_KIND_WITHDRAW, at_));
  const std::string exchange = pair_.file(true).steps(1).exchange_id();
  EXPECT_FALSE(Reopen(kAsking, exchange, &pair_.file(true)));
  const absl::Status expired = Error(absl::StatusCode::kDeadlineExceeded, "EXPIRED", "no answer came");
  ASSERT_TRUE(FailStep(kAsking, exchange, v1::DELIVERY_STATE_EXPIRED, expired, &pair_.file(true)));
  EXPECT_TRUE(Reopen(kAsking, exchange, &pair_.file(true)));
  EXPECT_EQ(pair_.View(true, at_).state(), v1::TRANSIT_STATE_WITHDRAWN);
  ASSERT_TRUE(FailStep(kAsking, exchange, v1::DELIVERY_STATE_EXPIRED, expired, &pair_.file(true)));
  ASSERT_OK(pair_.Take(true, v1::TRANSIT_STEP_KIND_WITHDRAW, at_ + absl::Hours(1)));
  EXPECT_FALSE(Reopen(kAsking, exchange, &pair_.file(true)));
}

TEST_F(TransitFilingTest, AnotherHistoryThanTheOwnIsSeen) {
  ASSERT_OK(pair_.Take(true, v1::TRANSIT_STEP_KIND_WITHDRAW, at_));
  v1::TransitStepRecorded recorded;
  recorded.set_history_sha256(std::string(32, 'x'));
  ASSERT_TRUE(
      SettleStep(pair_.law(), kAsking, pair_.file(true).steps(1).exchange_id(), recorded, at_, &pair_.file(true)));
  EXPECT_EQ(FromProto(pair_.View(true, at_).diverged_at()), at_);
}

}  // namespace
}  // namespace tamga::transit
