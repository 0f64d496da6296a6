// A real node has its log time-stamped by an authority in this process, and its evidence shows it.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/evidence/bundle_check.h"
#include "node/timestamp/test_authority.h"
#include "node/witness/test_http_server.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

class TimeStampingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    const std::string roots = absl::StrCat(federation_->folder(kInterior), "/tsa.pem");
    ASSERT_OK(WriteFile(roots, tsa_.RootPem()));
    v1::NodeConfig config = federation_->config(kInterior);
    v1::TimeStamping& stamping = *config.mutable_time_stamping();
    stamping.set_url(absl::StrCat("http://127.0.0.1:", server_.port(), "/tsr"));
    stamping.set_roots_file(roots);
    stamping.set_interval_s(1);
    stamping.set_late_after_s(1);
    ASSERT_OK(federation_->Reconfigure(kInterior, config));
    ASSERT_OK(federation_->StartAll());
  }
  // The node goes first: it may be waiting for the server.
  void TearDown() override { federation_.reset(); }

  witness::TestHttpServer::Answer Good() {
    return [this](const std::string& request) { return witness::HttpReply(tsa_.Answer(request, absl::Now())); };
  }

  // The exchange's identifier.
  std::string Deliver() {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    v1::SubmitReadmissionResponse response;
    const grpc::Status status = desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
    return response.exchange().exchange_id();
  }

  v1::GetNodeStatusResponse Status() {
    const auto stub = v1::AdminService::NewStub(federation_->Connect(OperatorOf(kInterior), kInterior));
    v1::GetNodeStatusResponse response;
    const grpc::Status status = stub->GetNodeStatus(Patience().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  // Once `is_so`; the last, if it does not come.
  v1::GetNodeStatusResponse Await(const std::function<bool(const v1::GetNodeStatusResponse&)>& is_so) {
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    v1::GetNodeStatusResponse response = Status();
    while (!is_so(response) && absl::Now() < patience) response = Status();
    EXPECT_TRUE(is_so(response)) << response.DebugString() << federation_->node(kInterior).LogText();
    return response;
  }
  static bool IsStamped(const v1::GetNodeStatusResponse& status) {
    const v1::TimeStampingStatus& stamping = status.time_stamping();
    return status.log_size() > 0 && stamping.size() >= status.log_size() && !stamping.late() &&
           stamping.fault().empty();
  }

  std::vector<evidence::Finding> Evidence(const std::string& exchange_id) {
    const auto stub = v1::AuditService::NewStub(federation_->Connect(AuditorOf("KAZ"), kInterior));
    v1::GetEvidenceRequest request;
    request.set_exchange_id(exchange_id);
    v1::GetEvidenceResponse response;
    const grpc::Status status = stub->GetEvidence(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    evidence::Anchors anchors;
    anchors.trust = federation_->trust().Get();
    anchors.logs = {{kInterior, ledger::ParseVkey(federation_->log_vkey(kInterior)).value()}};
    anchors.tsa_roots = {tsa_.root()};
    return evidence::CheckBundle(response.bundle(), anchors, {});
  }

  static auto WasThere(evidence::Verdict verdict) {
    return AllOf(Field(&evidence::Finding::what, HasSubstr("was there when its log was time-stamped")),
                 Field(&evidence::Finding::verdict, verdict));
  }

  timestamp::TestTsa tsa_{absl::Now()};
  witness::TestHttpServer server_{Good()};
  std::unique_ptr<Federation> federation_;
};

TEST_F(TimeStampingTest, WhatIsExchangedIsSoonTimeStampedAndTheEvidenceShowsIt) {
  const std::string exchange_id = Deliver();
  const v1::GetNodeStatusResponse status = Await(IsStamped);
  EXPECT_TRUE(status.time_stamping().has_time());
  const std::vector<evidence::Finding> found = Evidence(exchange_id);
  EXPECT_THAT(found, Contains(WasThere(evidence::Verdict::kVerified)));
  EXPECT_THAT(found, Not(Contains(WasThere(evidence::Verdict::kNotVerifiable))));
  // A restart forgets nothing.
  federation_->node(kInterior).Terminate();
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  EXPECT_GE(Status().time_stamping().size(), status.time_stamping().size());
  EXPECT_THAT(Evidence(exchange_id), Contains(WasThere(evidence::Verdict::kVerified)));
}

TEST_F(TimeStampingTest, WithoutTheAuthorityExchangesGoOnAndTheLogIsLate) {
  server_.SetAnswer([](const std::string&) { return witness::HttpReply("", "500 Internal Server Error"); });
  Deliver();
  const v1::GetNodeStatusResponse late = Await([](const auto& status) { return status.time_stamping().late(); });
  EXPECT_THAT(late.time_stamping().fault(), HasSubstr("status 500"));
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("log not time-stamped in time"));
  Deliver();
  // One that lies is no better.
  server_.SetAnswer([this](const std::string& request) {
    timestamp::TsaManner manner;
    manner.clock_error = -absl::Hours(12);
    return witness::HttpReply(tsa_.Answer(request, absl::Now(), manner));
  });
  Await([](const auto& status) {
    return absl::StrContains(status.time_stamping().fault(), "not when it was asked for");
  });
  server_.SetAnswer(Good());
  Await(IsStamped);
}

}  // namespace
}  // namespace tamga::testing
