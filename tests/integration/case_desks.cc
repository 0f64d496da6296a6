#include "tests/integration/case_desks.h"

#include <utility>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tests/federation/case_steps.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {

void CaseDesksTest::StartDesks(std::unique_ptr<Federation> federation, uint32_t partner_timeout_ms) {
  federation_ = std::move(federation);
  ASSERT_NE(federation_, nullptr);
  for (const std::string agency : {kInterior, kKyrgyz}) {
    v1::NodeConfig config = federation_->config(agency);
    config.mutable_limits()->set_partner_timeout_ms(partner_timeout_ms);
    ASSERT_OK(federation_->Reconfigure(agency, config));
  }
  for (const std::string agency : {kInterior, kKyrgyz}) {
    Start(agency);
    desks_[agency] = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }
}

void CaseDesksTest::Start(const std::string& agency) {
  ASSERT_OK(federation_->node(agency).Start());
  ASSERT_OK(federation_->WaitUntilServing(agency));
}

v1::ReadmissionCase CaseDesksTest::Submit(int number, v1::DeliveryState expected) {
  v1::SubmitReadmissionResponse response;
  EXPECT_OK(exchange::FromGrpc(
      Desk(kInterior).SubmitReadmission(Patience().get(), MakeSubmission(kKyrgyz, number), &response)));
  EXPECT_EQ(response.exchange().delivery_state(), expected);
  return response.case_();
}

absl::StatusOr<v1::ActOnReadmissionCaseResponse> CaseDesksTest::Act(const std::string& agency,
                                                                    const std::string& case_id,
                                                                    v1::ReadmissionStepKind kind) {
  v1::ActOnReadmissionCaseResponse response;
  const absl::Status status = exchange::FromGrpc(
      Desk(agency).ActOnReadmissionCase(Patience().get(), MakeAct(kind, CaseAt(agency, case_id)), &response));
  if (!status.ok()) return status;
  return response;
}

std::string CaseDesksTest::ExpectActed(const std::string& agency, const std::string& case_id,
                                       v1::ReadmissionStepKind kind, v1::DeliveryState expected) {
  const absl::StatusOr<v1::ActOnReadmissionCaseResponse> response = Act(agency, case_id, kind);
  EXPECT_OK(response) << v1::ReadmissionStepKind_Name(kind);
  if (!response.ok()) return "";
  EXPECT_EQ(response->exchange().delivery_state(), expected) << v1::ReadmissionStepKind_Name(kind);
  return response->exchange().exchange_id();
}

v1::ReadmissionCase CaseDesksTest::CaseAt(const std::string& agency, const std::string& case_id) {
  v1::GetReadmissionCaseRequest request;
  request.set_case_id(case_id);
  *request.mutable_context() = CaseContext();
  v1::GetReadmissionCaseResponse response;
  EXPECT_OK(exchange::FromGrpc(Desk(agency).GetReadmissionCase(Patience().get(), request, &response))) << agency;
  return response.case_();
}

std::vector<v1::OutboxItem> CaseDesksTest::OutboxOf(const std::string& agency) {
  const auto office = v1::AdminService::NewStub(federation_->Connect(OperatorOf(agency), agency));
  v1::ListOutboxResponse response;
  EXPECT_OK(exchange::FromGrpc(office->ListOutbox(Patience().get(), {}, &response)));
  return {response.items().begin(), response.items().end()};
}

void CaseDesksTest::AwaitDelivery() {
  const absl::Time patience = absl::Now() + absl::Minutes(3);
  for (const std::string agency : {kInterior, kKyrgyz}) {
    while (!OutboxOf(agency).empty()) {
      ASSERT_LT(absl::Now(), patience) << agency << ": " << federation_->node(agency).LogText();
      absl::SleepFor(absl::Milliseconds(20));
    }
  }
}

void CaseDesksTest::ExpectOnBothSides(const std::string& case_id, v1::ReadmissionState state) {
  const v1::ReadmissionCase here = CaseAt(kInterior, case_id);
  EXPECT_EQ(here.state(), state) << v1::ReadmissionState_Name(here.state());
  EXPECT_THAT(DifferencesBetween(here, CaseAt(kKyrgyz, case_id)), ::testing::IsEmpty());
}

void CaseDesksTest::ExpectLogsIntact() {
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

}  // namespace tamga::testing
