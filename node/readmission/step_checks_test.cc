#include "node/readmission/step_checks.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/readmission/case_fixture.h"
#include "node/readmission/case_table.h"

namespace tamga::readmission {
namespace {

using ::testing::StartsWith;

void ExpectRefused(const v1::ReadmissionStep& step, const std::string& field) {
  const absl::Status status = CheckCallerStep(step);
  EXPECT_THAT(status, HasReason("INVALID_FIELD")) << NameOf(step.kind());
  EXPECT_THAT(std::string(status.message()), StartsWith(field + ":"));
}

TEST(StepChecksTest, EveryStepThatAMessageCarriesIsInOrderWithItsParticulars) {
  for (const CaseRow& row : CaseTable()) {
    const bool begins = row.kind == v1::READMISSION_STEP_KIND_SUBMIT || row.kind == v1::READMISSION_STEP_KIND_NOTIFY;
    if (begins || OperationOf(row.kind) == v1::OPERATION_UNSPECIFIED) {
      ExpectRefused(MakeStep(row.kind), "kind");
    } else {
      EXPECT_OK(CheckCallerStep(MakeStep(row.kind))) << NameOf(row.kind);
    }
  }
}

TEST(StepChecksTest, WhatAKindNeedsMustBeThere) {
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_REFUSE);
  step.clear_reasons();
  ExpectRefused(step, "reasons");
  step = MakeStep(v1::READMISSION_STEP_KIND_REFUSE);
  step.clear_refusal_code();
  ExpectRefused(step, "refusal_code");
  step = MakeStep(v1::READMISSION_STEP_KIND_REPORT_INTERVIEW);
  step.mutable_interview()->set_result(v1::INTERVIEW_RESULT_NOT_CONFIRMED);
  ExpectRefused(step, "reasons");
  step = MakeStep(v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER);
  step.mutable_transfer()->set_day("2026-02-30");
  ExpectRefused(step, "transfer.day");
}

TEST(StepChecksTest, WhatIsNotTheKindsMustBeAbsent) {
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_VERIFY);
  step.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
  ExpectRefused(step, "refusal_code");
  step = MakeStep(v1::READMISSION_STEP_KIND_ACCEPT);
  step.set_number(3);
  ExpectRefused(step, "number");
  step = MakeStep(v1::READMISSION_STEP_KIND_TAKE_BACK);
  step.set_file_number("17");
  ExpectRefused(step, "file_number");
}

TEST(StepChecksTest, TextsKeepTheLimitsOfRecords) {
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_EXTEND);
  step.set_reasons(std::string(2001, 'x'));
  ExpectRefused(step, "reasons");
}

TEST(StepChecksTest, APartnersStepHasNumberAndTimeToTheMicrosecond) {
  v1::ReadmissionStep step = MakeStep(v1::READMISSION_STEP_KIND_ACCEPT);
  EXPECT_THAT(CheckPartnerStep(step), HasReason("INVALID_FIELD"));
  step.set_number(2);
  EXPECT_THAT(CheckPartnerStep(step), HasReason("INVALID_FIELD"));
  *step.mutable_at() = ToProto(CaseStart());
  EXPECT_OK(CheckPartnerStep(step));
  step.mutable_at()->set_nanos(1);
  EXPECT_THAT(CheckPartnerStep(step), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::readmission
