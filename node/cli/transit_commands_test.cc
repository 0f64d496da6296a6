#include <string>
#include <vector>

#include "node/base/clock.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TransitCommandsTest : public NodeTest {
 protected:
  // Takes a step in case-1, with its options.
  int Act(const std::string& command, std::vector<std::string> options) {
    options.insert(options.begin(), {"transit", command, "case-1", "--case-reference", "MIA-1"});
    return RunAsCaller(options);
  }
  const v1::TransitStep& Sent() const { return transits_.acted.step(); }
};

TEST_F(TransitCommandsTest, EachStepSaysItsCaseAndKindAndNothingElse) {
  const std::vector<std::pair<std::string, v1::TransitStepKind>> steps = {
      {"consent", v1::TRANSIT_STEP_KIND_CONSENT},
      {"done", v1::TRANSIT_STEP_KIND_REPORT_DONE},
      {"take-back", v1::TRANSIT_STEP_KIND_TAKE_BACK},
      {"withdraw", v1::TRANSIT_STEP_KIND_WITHDRAW}};
  for (const auto& [command, kind] : steps) {
    ASSERT_EQ(Act(command, {}), 0) << err();
    v1::TransitStep bare;
    bare.set_case_id("case-1");
    bare.set_kind(kind);
    EXPECT_EQ(Sent().SerializeAsString(), bare.SerializeAsString()) << command;
    EXPECT_EQ(transits_.acted.context().purpose(), v1::PURPOSE_READMISSION);
    EXPECT_EQ(transits_.acted.context().case_reference(), "MIA-1");
    EXPECT_THAT(err(), HasSubstr("QUEUED"));
  }
}

TEST_F(TransitCommandsTest, ARefusalAndARevocationNeedCodeAndReasons) {
  for (const char* command : {"refuse", "revoke"}) {
    EXPECT_EQ(Act(command, {}), 2);
    EXPECT_EQ(Act(command, {"--code", "PUBLIC_HEALTH"}), 2);
    EXPECT_THAT(err(), HasSubstr("is required"));
    ASSERT_EQ(Act(command, {"--code", "public-health", "--reasons", "Quarantine at the crossing point"}), 0) << err();
    EXPECT_EQ(Sent().refusal_code(), v1::TRANSIT_REFUSAL_CODE_PUBLIC_HEALTH);
    EXPECT_EQ(Sent().reasons(), "Quarantine at the crossing point");
  }
}

TEST_F(TransitCommandsTest, AStepThatWasOvertakenIsSaidToHaveNoEffect) {
  transits_.overtakes = true;
  ASSERT_EQ(Act("withdraw", {"--reasons", "The person left"}), 0) << err();
  EXPECT_EQ(Sent().reasons(), "The person left");
  EXPECT_THAT(err(), HasSubstr("a step of the other side came first"));
}

TEST_F(TransitCommandsTest, SubmitReadsTheApplicationAndSaysEverySafeguard) {
  ASSERT_OK(WriteFile(Path("transit.json"), R"({"names": [{"surname": "Specimen"}], "destinationState": "UZB"})"));
  ASSERT_EQ(RunAsCaller({"transit", "submit", "--to", "KGZ/interior-ministry", "--application", Path("transit.json"),
                         "--case-reference", "MIA-1", "--asylum-claim", "no", "--medical-hold", "yes"}),
            0)
      << err();
  EXPECT_EQ(transits_.submitted.requested_agency(), "KGZ/interior-ministry");
  EXPECT_EQ(transits_.submitted.application().destination_state(), "UZB");
  EXPECT_EQ(transits_.submitted.safeguards().asylum_claim_open(), v1::TERNARY_NO);
  EXPECT_EQ(transits_.submitted.safeguards().trafficking_indicator(), v1::TERNARY_UNSPECIFIED);
  EXPECT_EQ(transits_.submitted.safeguards().medical_hold(), v1::TERNARY_YES);
}

TEST_F(TransitCommandsTest, ShowTellsClocksTimelineAndWhatCanBeDoneNow) {
  v1::TransitCase& record = transits_.what_there_is;
  record.set_state(v1::TRANSIT_STATE_CONSENTED);
  record.mutable_application()->set_destination_state("UZB");
  v1::RunningClock& clock = *record.add_clocks();
  clock.set_limit_id("transit-consent");
  *clock.mutable_due_at() = ToProto(clock_.Now() + absl::Hours(52));
  v1::TransitEvent& event = *record.add_history();
  event.set_kind(v1::TRANSIT_STEP_KIND_WITHDRAW);
  event.set_actor("KAZ/interior-ministry");
  event.set_overtaken(true);
  event.set_reasons("\x1b[31mred");
  record.add_possible_steps(v1::TRANSIT_STEP_KIND_REPORT_DONE);
  record.add_possible_steps(v1::TRANSIT_STEP_KIND_REVOKE);
  ASSERT_EQ(RunAsCaller({"transit", "show", "case-2"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("CONSENTED"), HasSubstr("UZB"), HasSubstr("transit-consent"), HasSubstr("2 d 4 h"),
                           HasSubstr("without effect"), ::testing::Not(HasSubstr("\x1b"))));
  EXPECT_THAT(out(), HasSubstr("Now possible: done, revoke\n"));
}

TEST_F(TransitCommandsTest, ListGoesThroughThePages) {
  ASSERT_EQ(RunAsCaller({"transit", "list"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("case-1"), HasSubstr("case-3")));
  ASSERT_EQ(RunAsCaller({"transit", "list", "--limit", "1"}), 0) << err();
  EXPECT_THAT(out(), ::testing::Not(HasSubstr("case-2")));
}

}  // namespace
}  // namespace tamga::cli
