#include "node/readmission/case_fold.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/readmission/case_fixture.h"
#include "node/readmission/case_table.h"
#include "node/readmission/two_desks.h"

namespace tamga::readmission {
namespace {

using ::testing::HasSubstr;
using Kind = v1::ReadmissionStepKind;

constexpr bool kByRequesting = true;
constexpr bool kByRequested = false;

class CaseFoldTest : public ::testing::Test {
 protected:
  // A case as the requested side has received it, at CaseStart().
  TwoDesks Received(v1::ReadmissionProcedure procedure = v1::READMISSION_PROCEDURE_NORMAL) {
    TwoDesks desks(law_, procedure, CaseStart());
    EXPECT_OK(desks.Begin());
    EXPECT_OK(desks.Send(kByRequesting));
    return desks;
  }

  // Takes a step and delivers it.
  static void Do(TwoDesks& desks, bool requesting, Kind kind) {
    ASSERT_OK(desks.Take(requesting, MakeStep(kind)));
    ASSERT_OK(desks.Send(requesting));
  }

  TwoDesks Accepted() {
    TwoDesks desks = Received();
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_VERIFY);
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_ACCEPT);
    return desks;
  }

  static void ExpectBoth(const TwoDesks& desks, v1::ReadmissionState state) {
    EXPECT_EQ(NameOf(desks.StateOf(true)), NameOf(state));
    EXPECT_EQ(NameOf(desks.StateOf(false)), NameOf(state));
    EXPECT_EQ(desks.Fold(true).history_sha256, desks.Fold(false).history_sha256);
    EXPECT_FALSE(desks.Fold(true).record.has_diverged_at());
    EXPECT_FALSE(desks.Fold(false).record.has_diverged_at());
  }

  static absl::Time Due(const TwoDesks& desks) {
    const FoldedCase folded = desks.Fold(true);
    return folded.record.clocks().empty() ? absl::InfinitePast() : FromProto(folded.record.clocks(0).due_at());
  }

  CaseLaw law_ = MakeCaseLaw(MakeCaseTreaty());
};

TEST_F(CaseFoldTest, AWholeCaseGoesFromApplicationToHandOverAndBack) {
  TwoDesks desks = Accepted();
  for (const auto& [requesting, kind] : {std::make_pair(true, v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT),
                                         std::make_pair(false, v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT),
                                         std::make_pair(true, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER),
                                         std::make_pair(false, v1::READMISSION_STEP_KIND_AGREE_TRANSFER),
                                         std::make_pair(false, v1::READMISSION_STEP_KIND_TAKE_OVER)}) {
    Do(desks, requesting, kind);
  }
  ExpectBoth(desks, v1::READMISSION_STATE_TRANSFER_AGREED);
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_HAND_OVER);
  ExpectBoth(desks, v1::READMISSION_STATE_HANDED_OVER);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_CLAIM_ERROR);
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_TAKE_BACK);
  ExpectBoth(desks, v1::READMISSION_STATE_TAKEN_BACK);
  const v1::ReadmissionCase record = desks.Fold(true).record;
  for (const v1::ReadmissionEvent& event : record.history()) {
    EXPECT_FALSE(event.articles().empty()) << NameOf(event.kind());
  }
}

TEST_F(CaseFoldTest, SilenceIsAcceptanceOnBothSidesAtTheVeryInstant) {
  TwoDesks desks = Received();
  const absl::Time due = FromProto(desks.Fold(true).record.reply_due_at());
  EXPECT_EQ(desks.Fold(false).next_event, due);
  desks.now = due - absl::Nanoseconds(1);
  ExpectBoth(desks, v1::READMISSION_STATE_RECEIVED);
  desks.now = due;
  ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  const FoldedCase folded = desks.Fold(true);
  EXPECT_EQ(FromProto(folded.record.history().rbegin()->at()), due);
  EXPECT_THAT(folded.record.history().rbegin()->articles(), ::testing::ElementsAre("4", "5"));
}

TEST_F(CaseFoldTest, AReplyInTimeThatArrivesLateUndoesTheDeeming) {
  TwoDesks desks = Received();
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_VERIFY);
  desks.now += absl::Hours(9);
  ASSERT_OK(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_REFUSE)));
  desks.now += absl::Hours(5);
  EXPECT_EQ(desks.StateOf(true), v1::READMISSION_STATE_DEEMED_ACCEPTED);
  EXPECT_EQ(desks.StateOf(false), v1::READMISSION_STATE_REFUSED);
  ASSERT_OK(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT)));
  desks.Drain();
  ExpectBoth(desks, v1::READMISSION_STATE_REFUSED);
  EXPECT_TRUE(desks.Fold(true).record.history().rbegin()->overtaken());
}

TEST_F(CaseFoldTest, WhenBothMoveTheEarlierTimeWinsAndTheOtherIsMarkedAsOvertaken) {
  TwoDesks desks = Received();
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_VERIFY);
  ASSERT_OK(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_WITHDRAW)));
  desks.now += absl::Minutes(1);
  ASSERT_OK(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_ACCEPT)));
  desks.Drain();
  ExpectBoth(desks, v1::READMISSION_STATE_WITHDRAWN);
  EXPECT_TRUE(desks.Fold(false).record.history().rbegin()->overtaken());
}

TEST_F(CaseFoldTest, AtTheSameInstantAnAnswerComesBeforeAWithdrawal) {
  TwoDesks desks = Received();
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_VERIFY);
  desks.now += absl::Minutes(1);
  ASSERT_OK(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_WITHDRAW)));
  ASSERT_OK(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_REFUSE)));
  desks.Drain();
  ExpectBoth(desks, v1::READMISSION_STATE_REFUSED);
}

TEST_F(CaseFoldTest, AHoldStopsTheCaseUntilEachHolderReleasesItAndDeemingWaits) {
  TwoDesks desks = Received();
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_HOLD);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_HOLD);
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)), HasReason("ILLEGAL_TRANSITION"));
  desks.now += absl::Hours(20);
  ExpectBoth(desks, v1::READMISSION_STATE_ON_HOLD);
  EXPECT_EQ(desks.Fold(true).record.held_state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(desks.Fold(true).next_event, absl::InfiniteFuture());
  const TwoDesks held = desks;
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RELEASE);
  ExpectBoth(desks, v1::READMISSION_STATE_ON_HOLD);
  EXPECT_EQ(desks.Fold(true).record.held_state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_RELEASE)), HasReason("ILLEGAL_TRANSITION"));
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_RELEASE);
  ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  // The other way round what the requesting side's hold kept back happens at its release.
  desks = held;
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_RELEASE);
  ExpectBoth(desks, v1::READMISSION_STATE_ON_HOLD);
  EXPECT_EQ(desks.Fold(true).record.held_state(), v1::READMISSION_STATE_DEEMED_ACCEPTED);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RELEASE);
  ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
}

TEST_F(CaseFoldTest, TheRequestedSidesOwnHoldPutsOffNoReplyThatIsDueFromIt) {
  for (const bool accelerated : {false, true}) {
    TwoDesks desks = Received(accelerated ? v1::READMISSION_PROCEDURE_ACCELERATED : v1::READMISSION_PROCEDURE_NORMAL);
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_HOLD);
    const absl::Time due = CaseStart() + absl::Hours(10) + absl::Seconds(1);
    EXPECT_LE(desks.Fold(true).next_event, due);
    desks.now = due;
    ExpectBoth(desks, v1::READMISSION_STATE_ON_HOLD);
    EXPECT_EQ(desks.Fold(false).record.held_state(), v1::READMISSION_STATE_DEEMED_ACCEPTED);
    EXPECT_EQ(desks.Fold(false).record.history().rbegin()->kind(), v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RELEASE);
    ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
    EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_REFUSE)), HasReason("ILLEGAL_TRANSITION"));
  }
}

TEST_F(CaseFoldTest, AHoldMovesTheLimitOfTheTransferWhereTheTreatySaysSo) {
  v1::Treaty treaty = MakeCaseTreaty();
  treaty.mutable_readmission()->set_hold_extends_transfer(true);
  law_ = MakeCaseLaw(treaty);
  TwoDesks desks = Accepted();
  const absl::Time before = Due(desks);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_HOLD);
  desks.now += absl::Hours(3);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RELEASE);
  EXPECT_GE(Due(desks) - before, absl::Hours(3) - absl::Milliseconds(1));
  ExpectBoth(desks, v1::READMISSION_STATE_ACCEPTED);
}

TEST_F(CaseFoldTest, AHoldMovesTheLimitOfADeemedAcceptanceOnlyByWhatCameAfterIt) {
  v1::Treaty treaty = MakeCaseTreaty();
  treaty.mutable_readmission()->set_hold_extends_transfer(true);
  law_ = MakeCaseLaw(treaty);
  TwoDesks desks = Received();
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_HOLD);
  desks.now = FromProto(desks.Fold(true).record.reply_due_at()) + absl::Hours(3);
  const absl::Time before = Due(desks);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RELEASE);
  EXPECT_EQ(Due(desks) - before, absl::Hours(3));
  ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
}

TEST_F(CaseFoldTest, MoreTimeIsCountedFromTheSameStartAndOnlyBeforeExpiry) {
  TwoDesks desks = Received();
  const absl::Time due = FromProto(desks.Fold(true).record.reply_due_at());
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_EXTEND);
  EXPECT_EQ(FromProto(desks.Fold(true).record.reply_due_at()), due + absl::Hours(10));
  desks.now = due + absl::Hours(10);
  ExpectBoth(desks, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_EXTEND)), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(CaseFoldTest, WhereExpiryIsOnlyLateAReplyIsStillPossibleAndMoreTimeIsNot) {
  v1::Treaty treaty = MakeCaseTreaty();
  for (v1::TimeLimit& limit : *treaty.mutable_time_limits()) {
    if (limit.id() == "reply") limit.set_on_expiry(v1::ON_EXPIRY_LATE);
  }
  law_ = MakeCaseLaw(treaty);
  TwoDesks desks = Received();
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_VERIFY);
  desks.now += absl::Hours(11);
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_EXTEND)), HasReason("LATE"));
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_ACCEPT);
  ExpectBoth(desks, v1::READMISSION_STATE_ACCEPTED);
}

TEST_F(CaseFoldTest, TheAcceleratedProcedureFallsBackToTheNormalOnesLimits) {
  TwoDesks desks = Received(v1::READMISSION_PROCEDURE_ACCELERATED);
  const absl::Time due = FromProto(desks.Fold(true).record.reply_due_at());
  desks.now = due;
  ExpectBoth(desks, v1::READMISSION_STATE_RECEIVED);
  const FoldedCase folded = desks.Fold(true);
  EXPECT_EQ(folded.record.procedure(), v1::READMISSION_PROCEDURE_NORMAL);
  EXPECT_EQ(FromProto(folded.record.reply_due_at()), due + absl::Hours(6));
}

TEST_F(CaseFoldTest, AnAcceleratedApplicationThatComesTooLateIsANormalOne) {
  TwoDesks desks(law_, v1::READMISSION_PROCEDURE_ACCELERATED, CaseStart() + absl::Hours(24 * 7));
  ASSERT_OK(desks.Begin());
  ASSERT_OK(desks.Send(kByRequesting));
  ExpectBoth(desks, v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(desks.Fold(false).record.procedure(), v1::READMISSION_PROCEDURE_NORMAL);
}

TEST_F(CaseFoldTest, TheTransferLapsesUnlessItIsMovedInTime) {
  TwoDesks desks = Accepted();
  TwoDesks moved = desks;
  desks.now = Due(desks);
  ExpectBoth(desks, v1::READMISSION_STATE_LAPSED);
  EXPECT_THAT(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_EXTEND_TRANSFER)),
              HasReason("ILLEGAL_TRANSITION"));
  Do(moved, kByRequesting, v1::READMISSION_STEP_KIND_EXTEND_TRANSFER);
  EXPECT_EQ(Due(moved), CaseStart() + absl::Hours(24));
  EXPECT_THAT(moved.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_EXTEND_TRANSFER)),
              HasReason("INVALID_FIELD"));
  moved.now = Due(moved);
  ExpectBoth(moved, v1::READMISSION_STATE_LAPSED);
}

TEST_F(CaseFoldTest, TheLimitOfTheTransferIsAtMostDoubledHoweverOftenItIsMoved) {
  v1::Treaty treaty = MakeCaseTreaty();
  for (v1::TimeLimit& limit : *treaty.mutable_time_limits()) {
    if (limit.clock() != v1::CASE_CLOCK_TRANSFER) continue;
    limit.set_unit(v1::TIME_UNIT_CALENDAR_DAYS);
    limit.set_amount(30);
    limit.set_time_zone("Asia/Almaty");
  }
  law_ = MakeCaseLaw(treaty);
  TwoDesks desks = Accepted();
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_EXTEND_TRANSFER);
  step.set_until("2026-02-20");
  ASSERT_OK(desks.Take(kByRequesting, step));
  ASSERT_OK(desks.Send(kByRequesting));
  // Sixty days after 5 January.
  for (const char* too_far : {"2026-03-07", "9999-12-31"}) {
    step.set_until(too_far);
    const absl::Status status = desks.Take(kByRequested, step);
    EXPECT_THAT(status, HasReason("INVALID_FIELD"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("2026-03-06"));
  }
  step.set_until("2026-03-06");
  ASSERT_OK(desks.Take(kByRequested, step));
  ASSERT_OK(desks.Send(kByRequested));
  ExpectBoth(desks, v1::READMISSION_STATE_ACCEPTED);
  step.set_until("2026-03-07");
  EXPECT_THAT(desks.Take(kByRequesting, step), HasReason("INVALID_FIELD"));
}

// The person is already under way, or across.
TEST_F(CaseFoldTest, NobodyWithdrawsOnceABorderOfficerHasSignedAlsoFromAHold) {
  for (const Kind signature : {v1::READMISSION_STEP_KIND_HAND_OVER, v1::READMISSION_STEP_KIND_TAKE_OVER}) {
    TwoDesks desks = Accepted();
    Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER);
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_AGREE_TRANSFER);
    Do(desks, signature == v1::READMISSION_STEP_KIND_HAND_OVER, signature);
    const v1::ReadmissionStep withdrawal = MakeStep(v1::READMISSION_STEP_KIND_WITHDRAW);
    EXPECT_THAT(desks.Take(kByRequesting, withdrawal), HasReason("ILLEGAL_TRANSITION"));
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_HOLD);
    EXPECT_THAT(desks.Take(kByRequesting, withdrawal), HasReason("ILLEGAL_TRANSITION"));
    ExpectBoth(desks, v1::READMISSION_STATE_ON_HOLD);
  }
}

TEST_F(CaseFoldTest, WhereNoDocumentIsIssuedInTimeTheStandardOneWillDo) {
  TwoDesks desks = Accepted();
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT);
  desks.now = Due(desks);
  ExpectBoth(desks, v1::READMISSION_STATE_TRAVEL_DOC_ISSUED);
  EXPECT_EQ(desks.Fold(true).record.history().rbegin()->kind(), v1::READMISSION_STEP_KIND_STANDARD_DOCUMENT);
}

TEST_F(CaseFoldTest, ReturnInErrorIsBarredOnceItsLimitHasPassedAndTheCaseCloses) {
  TwoDesks desks = Accepted();
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_AGREE_TRANSFER);
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_HAND_OVER);
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_TAKE_OVER);
  desks.now = Due(desks);
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_CLAIM_ERROR)), HasReason("LATE"));
  desks.now += absl::Hours(8);
  ExpectBoth(desks, v1::READMISSION_STATE_CLOSED);
  EXPECT_EQ(desks.Fold(true).next_event, absl::InfiniteFuture());
}

TEST_F(CaseFoldTest, WhatIsSubmittedAgainStartsTheClockAnewOnlyWhereTheTreatySaysSo) {
  for (const bool restarts : {false, true}) {
    v1::Treaty treaty = MakeCaseTreaty();
    treaty.mutable_readmission()->set_return_restarts_clock(restarts);
    law_ = MakeCaseLaw(treaty);
    TwoDesks desks = Received();
    const absl::Time due = FromProto(desks.Fold(true).record.reply_due_at());
    Do(desks, kByRequested, v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE);
    desks.now += absl::Hours(2);
    ASSERT_OK(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_RESUBMIT)));
    EXPECT_EQ(desks.StateOf(true), v1::READMISSION_STATE_SUBMITTED);
    ASSERT_OK(desks.Send(kByRequesting));
    ExpectBoth(desks, v1::READMISSION_STATE_RECEIVED);
    EXPECT_EQ(desks.Fold(true).record.application().born_at(), "Osh");
    EXPECT_EQ(FromProto(desks.Fold(true).record.reply_due_at()) > due, restarts);
  }
}

TEST_F(CaseFoldTest, ANoticeGoesStraightToTheTransfer) {
  TwoDesks desks = Received(v1::READMISSION_PROCEDURE_NOTICE);
  ExpectBoth(desks, v1::READMISSION_STATE_NOTIFIED);
  Do(desks, kByRequesting, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER);
  EXPECT_THAT(desks.Take(kByRequesting, MakeStep(v1::READMISSION_STEP_KIND_AGREE_TRANSFER)),
              HasReason("ILLEGAL_TRANSITION"));
  v1::ReadmissionStep other = MakeStep(v1::READMISSION_STEP_KIND_AGREE_TRANSFER);
  other.mutable_transfer()->set_day("2026-01-07");
  EXPECT_THAT(desks.Take(kByRequested, other), HasReason("INVALID_FIELD"));
  Do(desks, kByRequested, v1::READMISSION_STEP_KIND_AGREE_TRANSFER);
  ExpectBoth(desks, v1::READMISSION_STATE_TRANSFER_AGREED);
}

TEST_F(CaseFoldTest, AnIllegalStepIsRefusedWithWhatIsAllowedInstead) {
  TwoDesks desks = Received();
  const absl::Status status = desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_ACCEPT));
  EXPECT_THAT(status, HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("RECEIVED"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("VERIFY"));
}

TEST_F(CaseFoldTest, EveryStepOutsideTheTableIsRefusedOnEitherSide) {
  TwoDesks desks = Received();
  for (int kind = 1; kind <= v1::ReadmissionStepKind_MAX; ++kind) {
    for (const bool requesting : {false, true}) {
      const FoldedCase folded = desks.Fold(requesting);
      const auto& possible = folded.record.possible_steps();
      const bool is_possible = std::find(possible.begin(), possible.end(), kind) != possible.end();
      TwoDesks tried = desks;
      EXPECT_EQ(tried.Take(requesting, MakeStep(static_cast<Kind>(kind))).ok(), is_possible)
          << NameOf(static_cast<Kind>(kind));
    }
  }
}

TEST_F(CaseFoldTest, AStepThatTheTreatyDoesNotKnowIsNotPossible) {
  v1::Treaty treaty = MakeCaseTreaty();
  treaty.mutable_readmission()->mutable_steps(0)->clear_kinds();
  treaty.mutable_readmission()->mutable_steps(0)->add_kinds(v1::READMISSION_STEP_KIND_SUBMIT);
  law_ = MakeCaseLaw(treaty);
  TwoDesks desks = Received();
  EXPECT_THAT(desks.Take(kByRequested, MakeStep(v1::READMISSION_STEP_KIND_VERIFY)), HasReason("TREATY_STEP"));
}

TEST_F(CaseFoldTest, GuardsOfTheApplicationAreKept) {
  const auto begin = [&](v1::ReadmissionProcedure procedure, auto change) {
    v1::ReadmissionFile file = MakeEmptyFile(procedure);
    change(*file.mutable_application());
    const Kind kind = procedure == v1::READMISSION_PROCEDURE_NOTICE ? v1::READMISSION_STEP_KIND_NOTIFY
                                                                    : v1::READMISSION_STEP_KIND_SUBMIT;
    return CheckStep(file, law_, kRequestingAgency, MakeStep(kind), CaseStart());
  };
  const auto normal = v1::READMISSION_PROCEDURE_NORMAL, notice = v1::READMISSION_PROCEDURE_NOTICE;
  EXPECT_OK(begin(normal, [](auto&) {}));
  EXPECT_OK(begin(notice, [](auto&) {}));
  EXPECT_THAT(begin(notice, [](auto& it) { it.mutable_documents(0)->mutable_expires_on()->set_year(2025); }),
              HasReason("NO_PROOF"));
  EXPECT_THAT(begin(normal, [](auto& it) { it.set_category(v1::PERSON_CATEGORY_STATELESS); }),
              HasReason("TREATY_STEP"));
  EXPECT_THAT(begin(normal, [](auto& it) { it.mutable_evidence(0)->set_kind("rumour"); }), HasReason("INVALID_FIELD"));
  EXPECT_THAT(begin(normal,
                    [](auto& it) {
                      it.set_category(v1::PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL);
                      it.set_known_on("2025-01-04");
                    }),
              HasReason("LATE"));
  EXPECT_THAT(begin(normal, [](auto& it) { it.set_known_on("2026-02-04"); }), HasReason("INVALID_FIELD"));
}

TEST_F(CaseFoldTest, WhatANodeNoticedLateIsMarked) {
  TwoDesks desks = Received();
  desks.now += absl::Hours(25);
  v1::ReadmissionFile file = desks.file(kByRequested);
  EXPECT_EQ(NoteClockEvents(desks.Fold(kByRequested), desks.now, &file), 2);
  EXPECT_EQ(NoteClockEvents(FoldCase(file, law_, kRequestedAgency, desks.now), desks.now, &file), 0);
  const FoldedCase folded = FoldCase(file, law_, kRequestedAgency, desks.now);
  EXPECT_EQ(FromProto(folded.record.history().rbegin()->noticed_at()), desks.now);
}

TEST_F(CaseFoldTest, AReceiptThatCountsOtherwiseIsSeen) {
  const TwoDesks desks = Received();
  v1::ReadmissionFile file = desks.file(kByRequesting);
  file.mutable_told_reply_due_at()->set_seconds(file.told_reply_due_at().seconds() + 3600);
  EXPECT_TRUE(FoldCase(file, law_, kRequestingAgency, desks.now).record.has_diverged_at());
}

}  // namespace
}  // namespace tamga::readmission
