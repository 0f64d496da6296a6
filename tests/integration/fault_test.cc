// Partners that are down, slow or dying, and databases that are locked or damaged.
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

class FaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    v1::NodeConfig config = federation_->config(kInterior);
    config.mutable_limits()->set_partner_timeout_ms(1000);
    ASSERT_OK(federation_->Reconfigure(kInterior, config));
    ASSERT_OK(federation_->StartAll());
  }

  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  grpc::Status Submit(v1::SubmitReadmissionResponse* response) {
    return Desk(kInterior)->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), response);
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

  // Waits until a case is in `state`.
  void ExpectState(const std::string& agency, const std::string& case_id, v1::ReadmissionState state) {
    const auto desk = Desk(agency);
    v1::GetReadmissionCaseRequest get;
    get.set_case_id(case_id);
    *get.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    v1::GetReadmissionCaseResponse got;
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    while (absl::Now() < patience) {
      if (desk->GetReadmissionCase(Patience().get(), get, &got).ok() && got.case_().state() == state) return;
    }
    ADD_FAILURE() << agency << ": the case is " << v1::ReadmissionState_Name(got.case_().state());
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(FaultTest, APartnerThatIsDownIsUnavailableNeverNoHit) {
  federation_->node(kKyrgyz).Kill();
  federation_->CloseSocket(kKyrgyz);
  const v1::CheckTravellerResponse response = CheckWithPartner();
  ASSERT_EQ(response.sources_size(), 2);
  EXPECT_EQ(response.sources(1).status(), v1::SOURCE_STATUS_PARTNER_UNAVAILABLE);
  EXPECT_EQ(response.advice(), v1::ADVICE_REFER);
  const std::vector<v1::IndexedEntry> entries = EntriesOf(*federation_, kInterior, "KAZ");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].entry().kind(), v1::ENTRY_KIND_UNDELIVERED);
}

TEST_F(FaultTest, APartnerThatHangsIsUnavailableWhenTheTimeIsUp) {
  federation_->node(kKyrgyz).Freeze();
  const v1::CheckTravellerResponse response = CheckWithPartner();
  ASSERT_EQ(response.sources_size(), 2);
  EXPECT_EQ(response.sources(1).status(), v1::SOURCE_STATUS_PARTNER_UNAVAILABLE);
  federation_->node(kKyrgyz).Thaw();
}

TEST_F(FaultTest, AnApplicationWaitsForAPartnerThatIsDown) {
  federation_->node(kKyrgyz).Kill();
  federation_->CloseSocket(kKyrgyz);
  v1::SubmitReadmissionResponse response;
  const grpc::Status status = Submit(&response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(response.case_().state(), v1::READMISSION_STATE_SUBMITTED);

  const auto admin = v1::AdminService::NewStub(federation_->Connect(OperatorOf(kInterior), kInterior));
  v1::ListOutboxResponse outbox;
  ASSERT_TRUE(admin->ListOutbox(Patience().get(), {}, &outbox).ok());
  ASSERT_EQ(outbox.items_size(), 1);
  EXPECT_EQ(outbox.items(0).exchange_id(), response.exchange().exchange_id());

  ASSERT_OK(federation_->ReopenSocket(kKyrgyz));
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  ExpectState(kInterior, response.case_().case_id(), v1::READMISSION_STATE_RECEIVED);
  ExpectState(kKyrgyz, response.case_().case_id(), v1::READMISSION_STATE_RECEIVED);
}

TEST_F(FaultTest, ALockedDatabaseRefusesTheExchangeAndRecovers) {
  sqlite3* other = nullptr;
  const std::string path = federation_->folder(kInterior) + "/data/exchange.db";
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  v1::SubmitReadmissionResponse response;
  const grpc::Status refused = Submit(&response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE) << refused.error_message();
  EXPECT_TRUE(EntriesOf(*federation_, kKyrgyz, "KGZ").empty());
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  const grpc::Status status = Submit(&response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(FaultTest, ASecondNodeOnTheSameDataDoesNotStart) {
  NodeProcess second(TAMGA_NODE_BINARY, federation_->folder(kInterior) + "/node.txtpb",
                     federation_->folder(kInterior) + "/second.log", 3);
  ASSERT_OK(second.Start());
  EXPECT_NE(second.Wait(), 0);
  EXPECT_THAT(second.LogText(), HasSubstr("another process"));
}

TEST_F(FaultTest, AFlippedByteInTheDatabaseIsNamedByItsEntry) {
  v1::SubmitReadmissionResponse response;
  ASSERT_TRUE(Submit(&response).ok());
  const std::vector<v1::IndexedEntry> entries = EntriesOf(*federation_, kKyrgyz, "KGZ");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(federation_->node(kKyrgyz).Terminate(), 0);

  const std::string path = federation_->folder(kKyrgyz) + "/data/exchange.db";
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  const size_t at = content.find(entries[1].entry_bytes());
  ASSERT_NE(at, std::string::npos);
  const size_t middle = at + entries[1].entry_bytes().size() / 2;
  file.clear();
  file.seekp(static_cast<std::streamoff>(middle));
  file.put(static_cast<char>(content[middle] ^ 1));
  file.close();

  ASSERT_OK(federation_->node(kKyrgyz).Start());
  const v1::VerifyVerdict verdict = Verify(*federation_, kKyrgyz, "KGZ");
  EXPECT_FALSE(verdict.intact());
  ASSERT_GE(verdict.faults_size(), 1);
  EXPECT_EQ(verdict.faults(0).index(), 1u);
}

TEST_F(FaultTest, ALogWithoutItsCheckpointsIsNotSignedAnew) {
  v1::SubmitReadmissionResponse response;
  ASSERT_TRUE(Submit(&response).ok());
  EXPECT_EQ(federation_->node(kKyrgyz).Terminate(), 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((federation_->folder(kKyrgyz) + "/data/exchange.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "DELETE FROM checkpoint", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  EXPECT_NE(federation_->node(kKyrgyz).Wait(), 0);
  EXPECT_THAT(federation_->node(kKyrgyz).LogText(), HasSubstr("no checkpoint"));
}

TEST_F(FaultTest, AnotherLogKeyOrALostVaultStopsTheStart) {
  v1::SubmitReadmissionResponse response;
  ASSERT_TRUE(Submit(&response).ok());
  EXPECT_EQ(federation_->node(kKyrgyz).Terminate(), 0);
  const std::string folder = federation_->folder(kKyrgyz);
  const absl::StatusOr<std::string> own_key = ReadFile(folder + "/log.key");
  ASSERT_OK(own_key);
  ASSERT_OK(WriteFile(folder + "/log.key", std::string(64, 'a'), 0600));
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  EXPECT_NE(federation_->node(kKyrgyz).Wait(), 0);
  EXPECT_THAT(federation_->node(kKyrgyz).LogText(), HasSubstr("log.key_file"));

  ASSERT_OK(WriteFile(folder + "/log.key", *own_key, 0600));
  ASSERT_EQ(::unlink((folder + "/data/vault.db").c_str()), 0);
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  EXPECT_NE(federation_->node(kKyrgyz).Wait(), 0);
  EXPECT_THAT(federation_->node(kKyrgyz).LogText(), HasSubstr("no vault.db"));
}

TEST_F(FaultTest, ATruncatedDatabaseDoesNotStartAndSaysWhatToDo) {
  v1::SubmitReadmissionResponse response;
  ASSERT_TRUE(Submit(&response).ok());
  EXPECT_EQ(federation_->node(kKyrgyz).Terminate(), 0);
  const std::string path = federation_->folder(kKyrgyz) + "/data/exchange.db";
  ASSERT_EQ(::truncate(path.c_str(), 4096), 0);
  ASSERT_OK(federation_->node(kKyrgyz).Start());
  EXPECT_NE(federation_->node(kKyrgyz).Wait(), 0);
  EXPECT_THAT(federation_->node(kKyrgyz).LogText(), HasSubstr("not started"));
}

}  // namespace
}  // namespace tamga::testing
