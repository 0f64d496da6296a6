// Nodes whose seal's key is in tamga-signer, and what becomes of requests while that is dead.
#include <sched.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/unix_socket.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/signer_config.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

constexpr int kApplicants = 4;
constexpr int kApplications = 10;  // of each
constexpr absl::Duration kPatience = absl::Seconds(60);

class HsmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    for (const std::string agency : {kInterior, kKyrgyz}) MoveKeyToSigner(agency);
    ASSERT_OK(federation_->StartAll());
  }

  // The signer's folder has a short path, as a socket's name is at most 107 bytes.
  void MoveKeyToSigner(const std::string& agency) {
    const std::string folder = federation_->folder(agency);
    v1::SignerConfig config;
    config.set_socket("s");
    config.set_key_file("seal.key");
    config.add_types("application/vnd.tamga.request.v1");
    config.add_types("application/vnd.tamga.reply.v1");
    config.add_types("application/vnd.tamga.checkpoint.v1");
    std::string text;
    google::protobuf::TextFormat::PrintToString(config, &text);
    ASSERT_OK(WriteFile(folder + "/signer.txtpb", text));
    signers_[agency] =
        std::make_unique<NodeProcess>(TAMGA_SIGNER_BINARY, folder + "/signer.txtpb", folder + "/signer.log", -1);
    StartSigner(agency);

    v1::NodeConfig node = federation_->config(agency);
    node.mutable_seal()->clear_key_file();
    node.mutable_seal()->set_signer_socket("s");
    node.mutable_limits()->set_partner_timeout_ms(5000);
    ASSERT_OK(federation_->Reconfigure(agency, node));
  }

  NodeProcess& signer(const std::string& agency) { return *signers_.at(agency); }

  // Starts it and waits until it listens.
  void StartSigner(const std::string& agency) {
    ASSERT_OK(signer(agency).Start());
    const std::string socket = federation_->folder(agency) + "/s";
    const absl::Time end = absl::Now() + kPatience;
    while (!ConnectTo(socket, {std::chrono::steady_clock::now()}).ok()) {
      ASSERT_LT(absl::Now(), end) << signer(agency).LogText();
      ::sched_yield();
    }
  }

  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  static grpc::Status Submit(v1::ReadmissionService::Stub& desk, const std::string& key,
                             v1::SubmitReadmissionResponse* response) {
    v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
    request.mutable_context()->set_idempotency_key(key);
    request.mutable_application()->set_requesting_file_number(absl::StrCat("MIA-", key));
    return desk.SubmitReadmission(Patience().get(), request, response);
  }

  v1::CheckTravellerResponse CheckWithPartner() {
    v1::CheckTravellerRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
    request.mutable_traveller()->set_surname("RAHIMOV");
    request.add_partners(kKyrgyz);
    v1::CheckTravellerResponse response;
    const auto stub = v1::WatchlistService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    const grpc::Status status = stub->CheckTraveller(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // Waits until `count` cases are RECEIVED, and there are no others.
  void ExpectReceived(const std::string& agency, int count) {
    const auto desk = Desk(agency);
    const absl::Time end = absl::Now() + kPatience;
    v1::ListReadmissionCasesRequest request;
    request.set_page_size(kApplicants * kApplications + 1);
    v1::ListReadmissionCasesResponse list;
    int received = 0;
    while (absl::Now() < end) {
      if (!desk->ListReadmissionCases(Patience().get(), request, &list).ok()) continue;
      received = 0;
      for (const auto& one : list.cases()) received += one.state() == v1::READMISSION_STATE_RECEIVED ? 1 : 0;
      if (received >= count) break;
    }
    EXPECT_EQ(received, count) << agency;
    EXPECT_EQ(list.cases_size(), count) << agency;
  }

  std::unique_ptr<Federation> federation_;
  std::map<std::string, std::unique_ptr<NodeProcess>> signers_;
};

TEST_F(HsmTest, ARequestWhoseAnswerCannotBeSealedWaitsAndIsAnswered) {
  signer(kKyrgyz).Kill();
  v1::SubmitReadmissionResponse response;
  const grpc::Status status = Submit(*Desk(kInterior), "waits", &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);

  StartSigner(kKyrgyz);
  ExpectReceived(kInterior, 1);
  ExpectReceived(kKyrgyz, 1);
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

TEST_F(HsmTest, ARequestThatCannotBeSealedIsToldToComeAgain) {
  signer(kInterior).Kill();
  v1::SubmitReadmissionResponse response;
  const grpc::Status refused = Submit(*Desk(kInterior), "again", &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE) << refused.error_message();
  EXPECT_THAT(exchange::FromGrpc(refused), HasReason("SIGNER_UNAVAILABLE"));
  EXPECT_TRUE(EntriesOf(*federation_, kInterior, "KAZ").empty());

  StartSigner(kInterior);
  const grpc::Status status = Submit(*Desk(kInterior), "again", &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ExpectReceived(kInterior, 1);
  ExpectReceived(kKyrgyz, 1);
}

// Nothing is wrong with the partner, and the operator sees what is.
TEST_F(HsmTest, ADeadSignerIsSeenByTheOperatorAndNotTakenForAPartnerThatIsDown) {
  const auto operators = v1::AdminService::NewStub(federation_->Connect(OperatorOf(kInterior), kInterior));
  v1::GetNodeStatusResponse status;
  ASSERT_TRUE(operators->GetNodeStatus(Patience().get(), v1::GetNodeStatusRequest(), &status).ok());
  ASSERT_EQ(status.helpers_size(), 1);
  EXPECT_EQ(status.helpers(0).what(), "seal");
  EXPECT_EQ(status.helpers(0).where(), federation_->folder(kInterior) + "/s");
  EXPECT_EQ(status.helpers(0).fault(), "");

  signer(kInterior).Kill();
  v1::CheckTravellerResponse response = CheckWithPartner();
  ASSERT_EQ(response.sources_size(), 2);
  EXPECT_EQ(response.sources(1).status(), v1::SOURCE_STATUS_SEAL_UNAVAILABLE);
  EXPECT_EQ(response.advice(), v1::ADVICE_REFER);

  ASSERT_TRUE(operators->GetNodeStatus(Patience().get(), v1::GetNodeStatusRequest(), &status).ok());
  EXPECT_THAT(status.helpers(0).fault(), ::testing::HasSubstr("nobody listens"));
  EXPECT_EQ(status.helpers(0).level(), v1::EXPIRY_LEVEL_ALARM);
  v1::GetMetricsResponse metrics;
  ASSERT_TRUE(operators->GetMetrics(Patience().get(), v1::GetMetricsRequest(), &metrics).ok());
  EXPECT_THAT(metrics.text(), ::testing::HasSubstr("tamga_helper_works{what=\"seal\","));

  StartSigner(kInterior);
  signer(kKyrgyz).Kill();
  response = CheckWithPartner();
  ASSERT_EQ(response.sources_size(), 2);
  EXPECT_EQ(response.sources(1).status(), v1::SOURCE_STATUS_PARTNER_UNAVAILABLE) << response.sources(1).explanation();
}

TEST_F(HsmTest, SignersThatAreKilledWhileRequestsAreMadeLoseNone) {
  const auto desk = Desk(kInterior);
  std::atomic<int> submitted = 0;
  std::vector<std::thread> applicants;
  for (int number = 0; number < kApplicants; ++number) {
    applicants.emplace_back([&, number] {
      for (int i = 0; i < kApplications; ++i) {
        // The caller does what the guide tells it: it repeats the call with the same key until it is acknowledged.
        v1::SubmitReadmissionResponse response;
        const absl::Time end = absl::Now() + kPatience;
        grpc::Status status = Submit(*desk, absl::StrCat(number, "-", i), &response);
        while (!status.ok() && absl::Now() < end) {
          EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
          status = Submit(*desk, absl::StrCat(number, "-", i), &response);
        }
        EXPECT_TRUE(status.ok()) << status.error_message();
        ++submitted;
      }
    });
  }
  const absl::Time end = absl::Now() + kPatience;
  for (int round = 0; round < 3; ++round) {
    for (const std::string agency : {kInterior, kKyrgyz}) {
      const int before = submitted;
      while (submitted == before && before < kApplicants * kApplications && absl::Now() < end) ::sched_yield();
      signer(agency).Kill();
      StartSigner(agency);
    }
  }
  for (std::thread& applicant : applicants) applicant.join();
  ExpectReceived(kInterior, kApplicants * kApplications);
  ExpectReceived(kKyrgyz, kApplicants * kApplications);
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

TEST_F(HsmTest, TheSignerEndsInOrder) {
  EXPECT_EQ(signer(kInterior).Terminate(), 0);
  EXPECT_THAT(signer(kInterior).LogText(), ::testing::HasSubstr("\"ended\""));
}

}  // namespace
}  // namespace tamga::testing
