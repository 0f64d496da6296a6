// Two real desks, of Kazakhstan's and Kyrgyzstan's ministries of the interior, and what tests do at them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tamga/v1/admin_service.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/federation/federation.h"

namespace tamga::testing {

class CaseDesksTest : public ::testing::Test {
 protected:
  // Takes over a federation that has both desks' agencies, and starts their nodes. A partner has `partner_timeout_ms`
  // to answer.
  void StartDesks(std::unique_ptr<Federation> federation, uint32_t partner_timeout_ms);
  void Start(const std::string& agency);

  v1::ReadmissionService::Stub& Desk(const std::string& agency) { return *desks_.at(agency); }
  // Kazakhstan applies to Kyrgyzstan for the person of that number (tests/federation/case_steps.h). The case as
  // Kazakhstan sees it.
  v1::ReadmissionCase Submit(int number, v1::DeliveryState expected = v1::DELIVERY_STATE_DELIVERED);
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(const std::string& agency, const std::string& case_id,
                                                       v1::ReadmissionStepKind kind);
  // The same; the test fails if the step is not taken, or has not got as far. Its exchange.
  std::string ExpectActed(const std::string& agency, const std::string& case_id, v1::ReadmissionStepKind kind,
                          v1::DeliveryState expected = v1::DELIVERY_STATE_DELIVERED);

  v1::ReadmissionCase CaseAt(const std::string& agency, const std::string& case_id);
  std::vector<v1::OutboxItem> OutboxOf(const std::string& agency);
  // Returns when neither desk's node has anything to deliver; the test fails if that takes minutes.
  void AwaitDelivery();
  // In that state on both sides, which hold the same.
  void ExpectOnBothSides(const std::string& case_id, v1::ReadmissionState state);
  void ExpectLogsIntact();

  std::unique_ptr<Federation> federation_;

 private:
  std::map<std::string, std::unique_ptr<v1::ReadmissionService::Stub>> desks_;
};

}  // namespace tamga::testing
