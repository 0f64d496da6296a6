#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class WitnessesTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    v1::GetWitnessingResponse& response = witness_.witnessing;
    response.set_state(v1::WITNESS_STATE_LATE);
    response.set_log_size(42);
    response.set_witnessed_size(40);
    v1::WitnessStatus& witness = *response.add_witnesses();
    witness.set_name("witness.kgz");
    witness.set_agency("KGZ/interior-ministry");
    witness.set_cosigned_size(40);
    *witness.mutable_cosigned_at() = ToProto(absl::FromUnixSeconds(1'795'000'000));
    witness.set_fault("stalls");
    v1::WitnessedLog& log = *response.add_logs();
    log.set_agency("UZB/interior-ministry");
    log.set_size(7);
  }
  v1::Contradiction& AddContradiction() {
    v1::Contradiction& contradiction = *witness_.witnessing.mutable_logs(0)->add_contradictions();
    contradiction.set_what("fork");
    return contradiction;
  }
};

TEST_F(WitnessesTest, StandInTables) {
  ASSERT_EQ(RunAsCaller({"audit", "witnesses"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("LATE"), HasSubstr("42"), HasSubstr("stalls"), HasSubstr("2026-11-18T"),
                           HasSubstr("go on"), Not(HasSubstr("CONTRADICTION"))));
  AddContradiction();
  EXPECT_EQ(RunAsCaller({"audit", "witnesses"}), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("fork"), HasSubstr("STOPPED")));
  EXPECT_THAT(err(), AllOf(HasSubstr("UZB/interior-ministry"), HasSubstr("PARTNER_LOG_CONTRADICTED")));
  EXPECT_EQ(RunAsCaller({"audit", "witnesses", "--output", "json"}), 1);
}

TEST_F(WitnessesTest, WhomNoPartnerRunsHasNoAgency) {
  v1::WitnessStatus& witness = *witness_.witnessing.add_witnesses();
  witness.set_name("witness.example");
  witness.set_cosigned_size(40);
  ASSERT_EQ(RunAsCaller({"audit", "witnesses"}), 0) << err();
  EXPECT_THAT(out(), ContainsRegex("witness\\.example +- +40 "));
}

TEST_F(WitnessesTest, WhatContradictsTheOwnLogMakesTheExitStatusBad) {
  witness_.witnessing.set_state(v1::WITNESS_STATE_CONTRADICTED);
  EXPECT_EQ(RunAsCaller({"audit", "witnesses"}), 1);
  EXPECT_THAT(err(), HasSubstr("LOG_CONTRADICTED"));
  // Whatever the state of the newest entry.
  witness_.witnessing.set_state(v1::WITNESS_STATE_WITNESSED);
  witness_.witnessing.mutable_witnesses(0)->set_fault("it has seen another log of this origin; see what was restored");
  EXPECT_EQ(RunAsCaller({"audit", "witnesses"}), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("LOG_CONTRADICTED"), HasSubstr("witness.kgz")));
  witness_.witnessing.mutable_witnesses(0)->set_fault("the log has 5 entries, not 9: an old backup was restored; stop");
  EXPECT_EQ(RunAsCaller({"audit", "witnesses"}), 1);
  EXPECT_THAT(err(), HasSubstr("LOG_ROLLED_BACK"));
}

TEST_F(WitnessesTest, ASettledContradictionStopsNothing) {
  AddContradiction().set_settled(true);
  ASSERT_EQ(RunAsCaller({"audit", "witnesses"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("fork"), HasSubstr("go on"), Not(HasSubstr("STOPPED"))));
}

TEST_F(WitnessesTest, StandInTheNodesStatus) {
  ASSERT_EQ(RunAsCaller({"node", "status"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("LATE"), HasSubstr("witness.kgz")));
}

TEST_F(WitnessesTest, AnOperatorSettlesUnderAFileNumber) {
  EXPECT_EQ(RunAsCaller({"node", "settle", "--partner", "UZB/interior-ministry"}), 2);
  ASSERT_EQ(RunAsCaller({"node", "settle", "--partner", "UZB/interior-ministry", "--case-reference", "SOC-7"}), 0)
      << err();
  EXPECT_EQ(witness_.settled.agency(), "UZB/interior-ministry");
  EXPECT_EQ(witness_.settled.case_reference(), "SOC-7");
  EXPECT_THAT(err(), HasSubstr("entry 17 of log.border-service.kaz.tamga"));
}

}  // namespace
}  // namespace tamga::cli
