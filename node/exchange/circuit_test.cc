#include "node/exchange/circuit.h"

#include <algorithm>
#include <memory>

#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

TEST(Backoff, GetsLongerAfterEachFailureWithinBounds) {
  EXPECT_EQ(Backoff(0, 0), absl::Milliseconds(750));
  EXPECT_LT(Backoff(2, 255), Backoff(4, 0));
  EXPECT_LE(Backoff(1'000'000, 255), absl::Minutes(5) * 1.25);
}

class CircuitsTest : public ::testing::Test {
 protected:
  Circuits::Pass Try(LineOutcome outcome) {
    const Circuits::Pass pass = circuits_.Enter(kKyrgyz);
    circuits_.Leave(kKyrgyz, pass, outcome);
    return pass;
  }

  void Open() {
    for (int64_t i = 0; i < Circuits::kFailuresToOpen; ++i) Try(LineOutcome::kNoAnswer);
  }

  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  SystemRng rng_;
  Circuits circuits_{clock_, rng_};
};

TEST_F(CircuitsTest, ALineIsLeftAloneAfterSomeFailuresInARowAndNoFewer) {
  Try(LineOutcome::kNoAnswer);
  Try(LineOutcome::kNoAnswer);
  Try(LineOutcome::kAnswered);
  Try(LineOutcome::kNoAnswer);
  Try(LineOutcome::kNoAnswer);
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_CLOSED);
  EXPECT_EQ(Try(LineOutcome::kNoAnswer), Circuits::Pass::kLine);
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_OPEN);
  EXPECT_FALSE(circuits_.MayTry(kKyrgyz));
  EXPECT_EQ(circuits_.Enter(kKyrgyz), Circuits::Pass::kNone);
  EXPECT_TRUE(circuits_.MayTry(kUzbek));
}

TEST_F(CircuitsTest, OneAttemptAloneTriesALineThatWasLeftAlone) {
  Open();
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_HALF_OPEN);
  EXPECT_EQ(circuits_.Enter(kKyrgyz), Circuits::Pass::kProbe);
  EXPECT_EQ(circuits_.Enter(kKyrgyz), Circuits::Pass::kNone);
  circuits_.Leave(kKyrgyz, Circuits::Pass::kProbe, LineOutcome::kAnswered);
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_CLOSED);
  EXPECT_EQ(circuits_.Closings(kKyrgyz), 1u);
}

TEST_F(CircuitsTest, ALineThatStaysDownIsTriedMoreSeldomWithinBounds) {
  Open();
  absl::Duration longest;
  for (int i = 0; i < 12; ++i) {
    const absl::Duration rest = circuits_.Report(kKyrgyz).retry_at - clock_.Now();
    EXPECT_LE(rest, Circuits::kLongestRest);
    longest = std::max(longest, rest);
    clock_.Advance(rest + absl::Microseconds(1));  // the clock counts whole nanoseconds
    EXPECT_EQ(Try(LineOutcome::kNoAnswer), Circuits::Pass::kProbe);
  }
  EXPECT_EQ(longest, Circuits::kLongestRest);
  EXPECT_EQ(circuits_.Closings(kKyrgyz), 0u);
}

TEST_F(CircuitsTest, AHastyProbeLeavesALineAsItWas) {
  Open();
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Try(LineOutcome::kTooHasty), Circuits::Pass::kProbe);
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_OPEN);
  EXPECT_EQ(circuits_.Report(kKyrgyz).failures, Circuits::kFailuresToOpen);
}

TEST_F(CircuitsTest, ALineMayBeTriedAtOnceWhenItsPartnerWasHeard) {
  circuits_.Heard(kKyrgyz);
  Open();
  circuits_.Heard(kUzbek);
  EXPECT_FALSE(circuits_.MayTry(kKyrgyz));
  circuits_.Heard(kKyrgyz);
  EXPECT_EQ(Try(LineOutcome::kAnswered), Circuits::Pass::kProbe);
  EXPECT_EQ(circuits_.Report(kKyrgyz).state, v1::CIRCUIT_STATE_CLOSED);
}

TEST(OutcomeOf, OnlySilenceSpeaksAgainstALine) {
  const absl::Duration fair = absl::Seconds(5);
  EXPECT_EQ(OutcomeOf(absl::OkStatus(), fair, fair), LineOutcome::kAnswered);
  EXPECT_EQ(OutcomeOf(absl::UnavailableError("no connection"), fair, fair), LineOutcome::kNoAnswer);
  EXPECT_EQ(OutcomeOf(absl::DeadlineExceededError("late"), fair, fair), LineOutcome::kNoAnswer);
  EXPECT_EQ(OutcomeOf(absl::DeadlineExceededError("late"), absl::Seconds(1), fair), LineOutcome::kTooHasty);
  EXPECT_EQ(OutcomeOf(absl::InvalidArgumentError("not opened"), fair, fair), LineOutcome::kAnswered);
  EXPECT_EQ(OutcomeOf(Error(absl::StatusCode::kUnavailable, "SIGNER_UNAVAILABLE", "no key"), fair, fair),
            LineOutcome::kAnswered);
}

// The Kazakh node asks over a line that the test cuts.
class CutLineTest : public ::testing::Test {
 protected:
  CutLineTest() {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                         ++tried_;
                         if (!is_up_) return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("down"));
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
  }

  TestStates states_;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  bool is_up_ = false;
  int tried_ = 0;
};

TEST_F(CutLineTest, WhatCanWaitIsQueuedWithoutTryingALineThatIsLeftAlone) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(kazakh_.AskToTakeBack(kKyrgyz).summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  }
  EXPECT_EQ(tried_, Circuits::kFailuresToOpen);
  is_up_ = true;
  states_.clock.Advance(absl::Seconds(2));
  EXPECT_EQ(kazakh_.AskToTakeBack(kKyrgyz).summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(kazakh_.asking().circuits().Report(kKyrgyz).state, v1::CIRCUIT_STATE_CLOSED);
}

}  // namespace
}  // namespace tamga::exchange
