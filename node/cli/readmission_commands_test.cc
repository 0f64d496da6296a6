#include <filesystem>
#include <string>
#include <vector>

#include "node/base/clock.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReadmissionCommandsTest : public NodeTest {
 protected:
  // Takes a step in case-1, with its options.
  int Act(const std::string& command, std::vector<std::string> options) {
    options.insert(options.begin(), {"readmission", command, "case-1", "--case-reference", "MIA-1"});
    return RunAsCaller(options);
  }
  const v1::ReadmissionStep& Sent() const { return readmission_.acted.step(); }

  v1::ReadmissionEvent& AddEvent(v1::ReadmissionStepKind kind, v1::ReadmissionState state, absl::Time at) {
    v1::ReadmissionEvent& event = *readmission_.what_there_is.add_history();
    event.set_kind(kind);
    event.set_state(state);
    *event.mutable_at() = ToProto(at);
    event.set_actor("KGZ/interior-ministry");
    return event;
  }

  void ProposeTransferOn(const std::string& day) {
    v1::ReadmissionEvent& event =
        AddEvent(v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER, v1::READMISSION_STATE_TRANSFER_PROPOSED, clock_.Now());
    event.mutable_step()->mutable_transfer()->set_day(day);
    event.mutable_step()->mutable_transfer()->set_crossing_point("Korday");
  }

  static void AddReplyClock(absl::Time due, v1::ReadmissionCase* record) {
    v1::RunningClock& clock = *record->add_clocks();
    clock.set_limit_id("reply");
    clock.add_articles("5.2");
    *clock.mutable_due_at() = ToProto(due);
    clock.set_agency("KGZ/interior-ministry");
    clock.set_on_expiry("DEEMED_ACCEPTED");
    clock.set_time_zone("Asia/Almaty");
  }
};

TEST_F(ReadmissionCommandsTest, EveryStepThatAPersonTakesHasACommand) {
  const auto& kinds = *google::protobuf::GetEnumDescriptor<v1::ReadmissionStepKind>();
  std::vector<std::string> without;
  for (int i = 1; i < kinds.value_count(); ++i) {
    const auto kind = static_cast<v1::ReadmissionStepKind>(kinds.value(i)->number());
    if (StepCommandOf(kind).empty()) without.push_back(ShortEnumName(kind));
  }
  EXPECT_THAT(without,
              ElementsAre("NOTIFY", "SUBMIT", "RECEIVE", "DEEM_ACCEPTED", "STANDARD_DOCUMENT", "LAPSE", "FALL_BACK"));
}

TEST_F(ReadmissionCommandsTest, AStepSaysItsCaseKindAndParticularsAndWhoAsks) {
  ASSERT_EQ(Act("refuse", {"--code", "not-national", "--reasons", "No entry in the register", "--file-number", "KG-7"}),
            0)
      << err();
  EXPECT_EQ(Sent().case_id(), "case-1");
  EXPECT_EQ(Sent().kind(), v1::READMISSION_STEP_KIND_REFUSE);
  EXPECT_EQ(Sent().refusal_code(), v1::REFUSAL_CODE_NOT_NATIONAL);
  EXPECT_EQ(Sent().reasons(), "No entry in the register");
  EXPECT_EQ(Sent().file_number(), "KG-7");
  EXPECT_EQ(readmission_.acted.context().purpose(), v1::PURPOSE_READMISSION);
  EXPECT_EQ(readmission_.acted.context().case_reference(), "MIA-1");
  EXPECT_THAT(err(), HasSubstr("QUEUED"));
}

TEST_F(ReadmissionCommandsTest, AStepWithoutParticularsSendsNone) {
  ASSERT_EQ(Act("accept", {}), 0) << err();
  v1::ReadmissionStep bare;
  bare.set_case_id("case-1");
  bare.set_kind(v1::READMISSION_STEP_KIND_ACCEPT);
  EXPECT_EQ(Sent().SerializeAsString(), bare.SerializeAsString());
}

TEST_F(ReadmissionCommandsTest, WhatAStepNeedsIsAskedForBeforeTheNodeIs) {
  for (const char* command :
       {"return", "resubmit", "report-interview", "extend", "refuse", "issue-document", "propose-transfer",
        "agree-transfer", "extend-transfer", "hand-over", "take-over", "claim-error", "withdraw", "hold"}) {
    EXPECT_EQ(Act(command, {}), 2) << command;
    EXPECT_THAT(err(), HasSubstr("is required")) << command;
  }
  EXPECT_FALSE(readmission_.acted.has_step());
}

TEST_F(ReadmissionCommandsTest, AStepThatWasOvertakenIsSaidToHaveNoEffect) {
  readmission_.overtakes = true;
  ASSERT_EQ(Act("withdraw", {"--code", "LEFT"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("a step of the other side came first"));
}

TEST_F(ReadmissionCommandsTest, ATravelDocumentIsToldWithTheDaysThatAreKnown) {
  ASSERT_EQ(Act("issue-document", {"--kind", "certificate on return", "--number", "KG77", "--issuing-state", "KGZ",
                                   "--expires-on", "2026-12-31"}),
            0)
      << err();
  EXPECT_EQ(Sent().travel_document().number(), "KG77");
  EXPECT_EQ(Sent().travel_document().expires_on().day(), 31u);
  EXPECT_FALSE(Sent().travel_document().has_issued_on());
}

TEST_F(ReadmissionCommandsTest, EscortsOfAProposedTransferComeFromAFile) {
  ASSERT_OK(WriteFile(Path("escorts.json"), R"({"escorts": [{"name": {"surname": "Asanov"}, "rank": "captain"}]})"));
  const std::vector<std::string> plan = {"--day", "2026-12-01", "--crossing-point", "Korday", "--means", "road"};
  std::vector<std::string> with_escorts = plan;
  with_escorts.insert(with_escorts.end(), {"--escorts", Path("escorts.json")});
  ASSERT_EQ(Act("propose-transfer", with_escorts), 0) << err();
  ASSERT_EQ(Sent().transfer().escorts_size(), 1);
  EXPECT_EQ(Sent().transfer().escorts(0).name().surname(), "Asanov");
  EXPECT_EQ(Sent().transfer().crossing_point(), "Korday");
  ASSERT_OK(WriteFile(Path("escorts.json"), R"({"escorts": 7})"));
  EXPECT_NE(Act("propose-transfer", with_escorts), 0);
}

TEST_F(ReadmissionCommandsTest, AnAgreementRepeatsTheTransferThatWasProposedLast) {
  ProposeTransferOn("2026-12-01");
  ProposeTransferOn("2026-12-08");
  ASSERT_EQ(Act("agree-transfer", {"--day", "2026-12-08"}), 0) << err();
  EXPECT_EQ(Sent().transfer().day(), "2026-12-08");
  EXPECT_EQ(Sent().transfer().crossing_point(), "Korday");
}

TEST_F(ReadmissionCommandsTest, NobodyAgreesToATransferThatIsNotTheLastProposed) {
  EXPECT_NE(Act("agree-transfer", {"--day", "2026-12-01"}), 0);
  EXPECT_THAT(err(), HasSubstr("propose-transfer"));
  ProposeTransferOn("2026-12-01");
  ProposeTransferOn("2026-12-08");
  EXPECT_NE(Act("agree-transfer", {"--day", "2026-12-01"}), 0);
  EXPECT_THAT(err(), HasSubstr("2026-12-08"));
  EXPECT_FALSE(readmission_.acted.has_step());
}

TEST_F(ReadmissionCommandsTest, AHandOverIsNowUnlessItSaysWhen) {
  ASSERT_EQ(Act("hand-over", {"--crossing-point", "Korday", "--officer-number", "BS-1", "--with", "passport", "phone"}),
            0)
      << err();
  EXPECT_EQ(FromProto(Sent().hand_over().at()), clock_.Now());
  EXPECT_THAT(Sent().hand_over().handed_along(), ElementsAre("passport", "phone"));
  ASSERT_EQ(Act("take-over", {"--crossing-point", "Korday", "--officer-number", "KG-1", "--at", "10m"}), 0) << err();
  EXPECT_EQ(FromProto(Sent().hand_over().at()), clock_.Now() - absl::Minutes(10));
}

TEST_F(ReadmissionCommandsTest, SubmitSaysTheProcedureAndEverySafeguard) {
  ASSERT_EQ(RunAsCaller({"readmission", "submit", "--to", "KGZ/interior-ministry", "--application",
                         TAMGA_SOURCE_DIR "/tests/data/demo/readmission_application.json", "--case-reference", "MIA-1",
                         "--procedure", "accelerated", "--asylum-claim", "no", "--medical-hold", "yes"}),
            0)
      << err();
  EXPECT_EQ(readmission_.submitted.procedure(), v1::READMISSION_PROCEDURE_ACCELERATED);
  EXPECT_EQ(readmission_.submitted.safeguards().asylum_claim_open(), v1::TERNARY_NO);
  EXPECT_EQ(readmission_.submitted.safeguards().trafficking_indicator(), v1::TERNARY_UNSPECIFIED);
  EXPECT_EQ(readmission_.submitted.safeguards().medical_hold(), v1::TERNARY_YES);
}

TEST_F(ReadmissionCommandsTest, ListAsksForWhatTheFiltersSay) {
  AddReplyClock(absl::FromUnixSeconds(1795460400), &readmission_.what_is_listed);
  ASSERT_EQ(RunAsCaller({"readmission", "list", "--treaty", "READMISSION-KAZ-KGZ", "--due-within", "0", "--clock-of",
                         "KGZ/interior-ministry", "--state", "received", "VERIFYING"}),
            0)
      << err();
  EXPECT_EQ(readmission_.listed.treaty_id(), "READMISSION-KAZ-KGZ");
  EXPECT_TRUE(readmission_.listed.has_due_within_days());
  EXPECT_EQ(readmission_.listed.clock_agency(), "KGZ/interior-ministry");
  EXPECT_THAT(readmission_.listed.states(),
              ElementsAre(v1::READMISSION_STATE_RECEIVED, v1::READMISSION_STATE_VERIFYING));
  EXPECT_THAT(out(), AllOf(HasSubstr("reply"), HasSubstr("KGZ/interior-ministry"), HasSubstr("case-3")));
  ASSERT_EQ(RunAsCaller({"readmission", "list"}), 0) << err();
  EXPECT_FALSE(readmission_.listed.has_due_within_days());
  EXPECT_NE(RunAsCaller({"readmission", "list", "--state", "ASLEEP"}), 0);
}

TEST_F(ReadmissionCommandsTest, ShowTellsClocksTimelineAndWhatCanBeDoneNow) {
  readmission_.what_there_is.set_state(v1::READMISSION_STATE_VERIFYING);
  AddReplyClock(clock_.Now() + absl::Hours(52), &readmission_.what_there_is);
  AddReplyClock(clock_.Now() - absl::Minutes(61), &readmission_.what_there_is);
  v1::ReadmissionEvent& event =
      AddEvent(v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STATE_ON_HOLD, absl::FromUnixSeconds(1795435200));
  event.set_exchange_id("0190-exchange");
  event.mutable_log()->set_index(17);
  event.set_delivery(v1::DELIVERY_STATE_QUEUED);
  event.add_articles("9");
  event.set_overtaken(true);
  event.mutable_step()->set_hold_code(v1::HOLD_CODE_COURT);
  event.set_reasons("Order 4 of the court");
  readmission_.what_there_is.add_possible_steps(v1::READMISSION_STEP_KIND_ACCEPT);
  readmission_.what_there_is.add_possible_steps(v1::READMISSION_STEP_KIND_ASK_INTERVIEW);
  readmission_.what_there_is.mutable_application()->set_born_at("Osh, KGZ");
  ASSERT_EQ(RunAsCaller({"readmission", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("VERIFYING"), HasSubstr("2 d 4 h"), HasSubstr("late by 1 h 1 min"),
                           HasSubstr("DEEMED_ACCEPTED"), HasSubstr("Osh, KGZ")));
  EXPECT_THAT(out(), AllOf(HasSubstr("#17"), HasSubstr("0190-exchange"), HasSubstr("QUEUED"),
                           HasSubstr("OVERTAKEN, without effect; COURT; Order 4 of the court")));
  EXPECT_THAT(out(), HasSubstr("Now possible: accept, ask-interview\n"));
}

TEST_F(ReadmissionCommandsTest, TimesAreThoseOfTheTreatysZoneWhileAClockNamesIt) {
  const absl::Time at = absl::FromCivil(absl::CivilSecond(2026, 11, 23, 20, 0, 0), absl::UTCTimeZone());
  AddEvent(v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STATE_VERIFYING, at);
  ASSERT_EQ(RunAsCaller({"readmission", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("of UTC"), HasSubstr("2026-11-23 20:00:00")));
  AddReplyClock(at, &readmission_.what_there_is);
  ASSERT_EQ(RunAsCaller({"readmission", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("of Asia/Almaty"), HasSubstr("2026-11-24 01:00:00"),
                           HasSubstr("2026-11-24 01:00 (UTC+05:00)")));
}

TEST_F(ReadmissionCommandsTest, HistoriesThatDifferAreShownAsSuch) {
  *readmission_.what_there_is.mutable_diverged_at() = ToProto(clock_.Now());
  ASSERT_EQ(RunAsCaller({"readmission", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("DIVERGED"));
}

TEST_F(ReadmissionCommandsTest, WhatAPartnerWroteDoesNotReachTheTerminalAsItIs) {
  readmission_.what_there_is.set_requested_file_number("KG\x1b[2J");
  AddEvent(v1::READMISSION_STEP_KIND_REFUSE, v1::READMISSION_STATE_REFUSED, clock_.Now()).set_reasons("\x1b[31mred");
  ASSERT_EQ(RunAsCaller({"readmission", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
}

TEST_F(ReadmissionCommandsTest, WatchShowsEachChangeWithTheCursorToGoOnFrom) {
  v1::WatchReadmissionCasesResponse change;
  change.set_cursor("41");
  change.mutable_case_()->set_case_id("case-2");
  change.mutable_case_()->set_state(v1::READMISSION_STATE_ACCEPTED);
  v1::WatchReadmissionCasesResponse caught_up;
  caught_up.set_cursor("42");
  readmission_.changes = {change, caught_up};
  ASSERT_EQ(RunAsCaller({"readmission", "watch", "--cursor", "40"}), 0) << err();
  EXPECT_EQ(readmission_.watched.cursor(), "40");
  EXPECT_THAT(out(), AllOf(HasSubstr("case-2"), HasSubstr("ACCEPTED"), HasSubstr("41\n")));
  EXPECT_THAT(err(), HasSubstr("cursor 42"));
  ASSERT_EQ(RunAsCaller({"readmission", "watch", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"cursor\":\"41\""), HasSubstr("\"cursor\":\"42\"")));
}

TEST_F(ReadmissionCommandsTest, PrintWritesTheFormForTheUserAlone) {
  const std::vector<std::string> print = {"readmission",   "print", "case-2",           "--form", "application",
                                          "--language",    "KK",    "--case-reference", "MIA-1",  "--to",
                                          Path("form.pdf")};
  ASSERT_EQ(RunAsCaller(print), 0) << err();
  EXPECT_EQ(readmission_.printed.form(), v1::READMISSION_FORM_APPLICATION);
  EXPECT_EQ(readmission_.printed.format(), v1::FORM_FORMAT_PDF);
  EXPECT_EQ(readmission_.printed.language(), "kk");
  EXPECT_EQ(readmission_.printed.context().purpose(), v1::PURPOSE_READMISSION);
  ASSERT_OK_AND_ASSIGN(const std::string written, ReadFile(Path("form.pdf")));
  EXPECT_EQ(written, "%PDF-1.7 of the form");
  EXPECT_EQ(std::filesystem::status(Path("form.pdf")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_NE(RunAsCaller(print), 0) << "the file is there already";
}

}  // namespace
}  // namespace tamga::cli
