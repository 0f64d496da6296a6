#include "node/readmission/safeguard_hold.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::readmission {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kFirst[] = "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c17";
constexpr char kSecond[] = "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c18";
constexpr char kOther[] = "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c19";

v1::ReadmissionApplication ApplicationOf(const std::string& document) {
  v1::ReadmissionApplication application;
  v1::TravelDocument& passport = *application.add_documents();
  passport.set_issuing_state("KGZ");
  passport.set_number(document);
  return application;
}

v1::ProtectedPerson PersonWith(const std::string& document) {
  v1::ProtectedPerson person;
  *person.mutable_documents() = ApplicationOf(document).documents();
  return person;
}

// Says of every person with the document AN1 what the test wants.
class SwitchedGate final : public safeguard::SafeguardGate {
 public:
  absl::StatusOr<v1::ReadmissionSafeguards> Standing(const v1::ReadmissionApplication& application,
                                                     const std::string& /*case_id*/) const override {
    v1::ReadmissionSafeguards standing;
    if (stands && application.documents(0).number() == "AN1") standing.set_asylum_claim_open(v1::TERNARY_YES);
    return standing;
  }
  bool stands = true;
};

// Cases in memory; a step that was taken once by its key is not taken again.
class FakeCases final : public HoldableCases {
 public:
  absl::StatusOr<HoldableCase> Find(const std::string& case_id) const override {
    const auto found = cases.find(case_id);
    if (found != cases.end()) return found->second;
    return Error(absl::StatusCode::kNotFound, "CASE_UNKNOWN", "case_id: no such case");
  }
  absl::Status ForEach(
      const std::function<absl::Status(const std::string&, const v1::ReadmissionApplication&)>& fn) const override {
    for (const auto& [case_id, record] : cases) {
      RETURN_IF_ERROR(fn(case_id, record.application));
      for (const v1::ReadmissionApplication& later : record.later) RETURN_IF_ERROR(fn(case_id, later));
    }
    return absl::OkStatus();
  }
  absl::Status Take(const v1::ReadmissionStep& step, const std::string& key, absl::Time /*deadline*/) override {
    if (!fault.ok()) return fault;
    if (!keys.insert({key, step.case_id()}).second) return absl::OkStatus();
    taken.push_back(step);
    HoldableCase& record = cases[step.case_id()];
    record.held_for = step.kind() == v1::READMISSION_STEP_KIND_HOLD ? step.hold_code() : v1::HOLD_CODE_UNSPECIFIED;
    return absl::OkStatus();
  }

  void Add(const std::string& case_id, const std::string& document, bool is_own = true) {
    cases[case_id] = {case_id, ApplicationOf(document), is_own, false, v1::HOLD_CODE_UNSPECIFIED};
  }
  // The kinds of the steps taken, oldest first.
  std::vector<v1::ReadmissionStepKind> Kinds() const {
    std::vector<v1::ReadmissionStepKind> kinds;
    for (const v1::ReadmissionStep& step : taken) kinds.push_back(step.kind());
    return kinds;
  }

  std::map<std::string, HoldableCase> cases;
  std::map<std::string, std::string> keys;
  std::vector<v1::ReadmissionStep> taken;
  absl::Status fault;
};

class SafeguardHoldTest : public ::testing::Test {
 protected:
  SafeguardHoldTest() {
    cases_.Add(kFirst, "AN1");
    cases_.Add(kSecond, "AN1", false);
    cases_.Add(kOther, "AN2");
  }

  std::vector<std::string> LookAgain() {
    const auto found = holds_.LookAgain(PersonWith("AN1"));
    EXPECT_OK(found);
    return found.ok() ? *found : std::vector<std::string>();
  }
  absl::Status CarryOut() { return holds_.CarryOut(absl::InfiniteFuture()); }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  domain::TempStore store_{rng_};
  FakeCases cases_;
  SwitchedGate gate_;
  const SafeguardHold::Parts parts_{cases_, gate_, store_.records(), store_.writer(), clock_, rng_};
  SafeguardHold holds_{parts_};
};

TEST_F(SafeguardHoldTest, EveryRunningCaseOfThePersonIsHeldOnWhicheverSideTheAgencyStands) {
  EXPECT_THAT(LookAgain(), ElementsAre(kFirst, kSecond));
  ASSERT_OK(CarryOut());
  ASSERT_EQ(cases_.taken.size(), 2u);
  EXPECT_EQ(cases_.cases[kOther].held_for, v1::HOLD_CODE_UNSPECIFIED);
}

TEST_F(SafeguardHoldTest, ACaseIsHeldForThePersonWhomItsCompletedApplicationNames) {
  cases_.cases[kOther].later = {ApplicationOf("AN3"), ApplicationOf("AN1"), ApplicationOf("AN1")};
  EXPECT_THAT(LookAgain(), ElementsAre(kFirst, kSecond, kOther));
  ASSERT_OK(CarryOut());
  EXPECT_EQ(cases_.cases[kOther].held_for, v1::HOLD_CODE_PROTECTION);
}

TEST_F(SafeguardHoldTest, TheStepSaysThatItIsForProtectionAndNothingElse) {
  LookAgain();
  ASSERT_OK(CarryOut());
  v1::ReadmissionStep expected;
  expected.set_case_id(kFirst);
  expected.set_kind(v1::READMISSION_STEP_KIND_HOLD);
  expected.set_hold_code(v1::HOLD_CODE_PROTECTION);
  ASSERT_FALSE(cases_.taken.empty());
  for (v1::ReadmissionStep step : cases_.taken) {
    step.set_case_id(kFirst);
    EXPECT_EQ(step.SerializeAsString(), expected.SerializeAsString());
  }
}

TEST_F(SafeguardHoldTest, CasesThatHaveEndedAreLeftAlone) {
  cases_.cases[kFirst].has_ended = true;
  EXPECT_THAT(LookAgain(), ElementsAre(kSecond));
  ASSERT_OK(CarryOut());
  ASSERT_EQ(cases_.taken.size(), 1u);
  EXPECT_EQ(cases_.taken[0].case_id(), kSecond);
}

TEST_F(SafeguardHoldTest, WhatIsHeldIsNotHeldAgain) {
  for (int i = 0; i < 3; ++i) {
    LookAgain();
    ASSERT_OK(CarryOut());
  }
  EXPECT_EQ(cases_.taken.size(), 2u);
}

TEST_F(SafeguardHoldTest, AHoldThatCouldNotBeMadeIsMadeLaterAfterARestartToo) {
  cases_.fault = absl::UnavailableError("the disk is full");
  LookAgain();
  EXPECT_FALSE(CarryOut().ok());
  EXPECT_THAT(cases_.taken, IsEmpty());
  cases_.fault = absl::OkStatus();
  SafeguardHold again(parts_);
  ASSERT_OK(again.CarryOut(absl::InfiniteFuture()));
  EXPECT_EQ(cases_.taken.size(), 2u);
}

TEST_F(SafeguardHoldTest, AfterTheDeadlineTheRestWaits) {
  LookAgain();
  ASSERT_OK(holds_.CarryOut(clock_.Now()));
  EXPECT_THAT(cases_.taken, IsEmpty());
  ASSERT_OK(CarryOut());
  EXPECT_EQ(cases_.taken.size(), 2u);
}

TEST_F(SafeguardHoldTest, AHoldThatIsRefusedIsNotTriedAgainAndNothingIsReleased) {
  cases_.fault = Error(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION", "kind: the case is ON_HOLD");
  LookAgain();
  ASSERT_OK(CarryOut());
  cases_.fault = absl::OkStatus();
  LookAgain();
  ASSERT_OK(CarryOut());
  gate_.stands = false;
  LookAgain();
  ASSERT_OK(CarryOut());
  EXPECT_THAT(cases_.taken, IsEmpty());
}

TEST_F(SafeguardHoldTest, WhenNothingStandsAnyMoreTheCasesAreReleased) {
  cases_.cases.erase(kSecond);
  LookAgain();
  ASSERT_OK(CarryOut());
  gate_.stands = false;
  LookAgain();
  ASSERT_OK(CarryOut());
  EXPECT_THAT(cases_.Kinds(), ElementsAre(v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STEP_KIND_RELEASE));
  EXPECT_EQ(cases_.taken[1].hold_code(), v1::HOLD_CODE_UNSPECIFIED);
  // And held again when another safeguard is set.
  gate_.stands = true;
  LookAgain();
  ASSERT_OK(CarryOut());
  EXPECT_EQ(cases_.taken.size(), 3u);
}

TEST_F(SafeguardHoldTest, WhatAnOfficerHoldsForAnotherReasonIsNotReleased) {
  LookAgain();
  ASSERT_OK(CarryOut());
  cases_.cases[kFirst].held_for = v1::HOLD_CODE_COURT;
  gate_.stands = false;
  LookAgain();
  ASSERT_OK(CarryOut());
  ASSERT_EQ(cases_.taken.size(), 3u);
  EXPECT_EQ(cases_.taken[2].kind(), v1::READMISSION_STEP_KIND_RELEASE);
  EXPECT_EQ(cases_.taken[2].case_id(), kSecond);
}

TEST_F(SafeguardHoldTest, ASafeguardThatIsSetBeforeTheReleaseLeftKeepsTheCaseHeld) {
  cases_.cases.erase(kSecond);
  LookAgain();
  ASSERT_OK(CarryOut());
  gate_.stands = false;
  LookAgain();
  gate_.stands = true;
  cases_.fault = safeguard::SafeguardStands();
  ASSERT_OK(CarryOut());
  cases_.fault = absl::OkStatus();
  gate_.stands = false;
  LookAgain();
  ASSERT_OK(CarryOut());
  EXPECT_THAT(cases_.Kinds(), ElementsAre(v1::READMISSION_STEP_KIND_HOLD, v1::READMISSION_STEP_KIND_RELEASE));
}

TEST_F(SafeguardHoldTest, OnlyOwnCasesTellTheirPerson) {
  ASSERT_OK_AND_ASSIGN(const std::optional<v1::ProtectedPerson> own, holds_.PersonOfCase(kFirst));
  ASSERT_TRUE(own.has_value());
  EXPECT_EQ(own->documents(0).number(), "AN1");
  ASSERT_OK_AND_ASSIGN(const std::optional<v1::ProtectedPerson> partners, holds_.PersonOfCase(kSecond));
  EXPECT_FALSE(partners.has_value());
  EXPECT_THAT(holds_.PersonOfCase("019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c20").status(), HasReason("CASE_UNKNOWN"));
}

}  // namespace
}  // namespace tamga::readmission
