// Nodes watch over each other's logs: they cosign what only grew, recognise a restored backup, and exchange nothing
// with a node whose log contradicts itself until an operator decides.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::SizeIs;

// Kazakhstan's log is the one that gets into trouble.
class WitnessingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->AddWitnesses(/*interval_ms=*/100));
    for (const std::string agency : {kInterior, kKyrgyz}) {
      v1::NodeConfig config = federation_->config(agency);
      config.mutable_limits()->set_partner_timeout_ms(2000);
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
    ASSERT_OK(federation_->StartAll());
  }

  // An application of the one to the other.
  absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const std::string& from, const std::string& to) {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(from), from));
    v1::SubmitReadmissionResponse response;
    const grpc::Status status = desk->SubmitReadmission(Patience().get(), SampleSubmission(to), &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }
  v1::DeliveryState Deliver(const std::string& from, const std::string& to) {
    const absl::StatusOr<v1::SubmitReadmissionResponse> response = Submit(from, to);
    EXPECT_OK(response);
    return response.ok() ? response->exchange().delivery_state() : v1::DELIVERY_STATE_UNSPECIFIED;
  }

  v1::GetWitnessingResponse WitnessingOf(const std::string& agency) {
    const auto stub = v1::WitnessService::NewStub(federation_->Connect(OperatorOf(agency), agency));
    v1::GetWitnessingResponse response;
    const grpc::Status status = stub->GetWitnessing(Patience().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  // Once `is_so`; the last, if it does not come.
  v1::GetWitnessingResponse Await(const std::string& agency,
                                  const std::function<bool(const v1::GetWitnessingResponse&)>& is_so) {
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    v1::GetWitnessingResponse response = WitnessingOf(agency);
    while (!is_so(response) && absl::Now() < patience) response = WitnessingOf(agency);
    EXPECT_TRUE(is_so(response)) << response.DebugString() << federation_->node(agency).LogText();
    return response;
  }
  void AwaitWitnessed(const std::string& agency) {
    Await(agency, [](const auto& r) { return r.log_size() > 0 && r.witnessed_size() == r.log_size(); });
  }

  std::string Data() { return federation_->folder(kInterior) + "/data"; }
  // With the node stopped.
  void CopyData(const std::string& from, const std::string& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }
  void Restart(const std::string& agency) {
    ASSERT_OK(federation_->node(agency).Start());
    ASSERT_OK(federation_->WaitUntilServing(agency));
  }

  // One exchange, a backup of it, another exchange: all of it witnessed. Leaves the node stopped.
  void MakeBackupAndGoOn() {
    EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
    AwaitWitnessed(kInterior);
    federation_->node(kInterior).Terminate();
    CopyData(Data(), Data() + ".old");
    Restart(kInterior);
    EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
    AwaitWitnessed(kInterior);
    federation_->node(kInterior).Terminate();
    CopyData(Data(), Data() + ".newest");
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(WitnessingTest, WhatIsExchangedIsSoonWitnessed) {
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
  AwaitWitnessed(kInterior);
  AwaitWitnessed(kKyrgyz);
  for (const auto& [agency, state] : {std::pair(kInterior, "KAZ"), std::pair(kKyrgyz, "KGZ")}) {
    const std::vector<v1::IndexedEntry> entries = EntriesOf(*federation_, agency, state);
    EXPECT_THAT(entries, SizeIs(2));
    EXPECT_THAT(entries, Each(Property(&v1::IndexedEntry::witness_state, v1::WITNESS_STATE_WITNESSED)));
    EXPECT_THAT(entries, Each(Property(&v1::IndexedEntry::witnesses, 1u)));
  }
  // A restart forgets nothing.
  federation_->node(kInterior).Terminate();
  Restart(kInterior);
  EXPECT_EQ(WitnessingOf(kInterior).state(), v1::WITNESS_STATE_WITNESSED);
}

TEST_F(WitnessingTest, ARestoredBackupIsRecognisedAndTheNewestOnePutsItRight) {
  MakeBackupAndGoOn();
  CopyData(Data() + ".old", Data());
  Restart(kInterior);
  const absl::Status refused = Submit(kInterior, kKyrgyz).status();
  EXPECT_THAT(refused, HasReason("LOG_ROLLED_BACK"));
  EXPECT_THAT(refused.message(), HasSubstr("newest backup"));
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("LOG_ROLLED_BACK"));
  const v1::GetWitnessingResponse here = WitnessingOf(kInterior);
  ASSERT_THAT(here.witnesses(), SizeIs(1));
  EXPECT_THAT(here.witnesses(0).fault(), HasSubstr("an old backup was restored"));
  // The partner's question waits, and the partner accuses nobody.
  EXPECT_EQ(Deliver(kKyrgyz, kInterior), v1::DELIVERY_STATE_QUEUED);
  EXPECT_THAT(WitnessingOf(kKyrgyz).logs(0).contradictions(), SizeIs(0));

  federation_->node(kInterior).Terminate();
  CopyData(Data() + ".newest", Data());
  Restart(kInterior);
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
  AwaitWitnessed(kInterior);
}

TEST_F(WitnessingTest, AForkedLogStopsExchangesUntilAnOperatorSettles) {
  MakeBackupAndGoOn();
  CopyData(Data() + ".old", Data());
  federation_->node(kKyrgyz).Terminate();
  federation_->CloseSocket(kKyrgyz);
  Restart(kInterior);
  // Nobody is there who could tell it, so it goes on, until its log is longer than the one that was seen.
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_QUEUED);
  ASSERT_OK(federation_->ReopenSocket(kKyrgyz));
  Restart(kKyrgyz);

  const v1::GetWitnessingResponse there =
      Await(kKyrgyz, [](const auto& r) { return r.logs(0).contradictions_size() > 0; });
  const v1::Contradiction& found = there.logs(0).contradictions(0);
  EXPECT_NE(found.before(), found.after());
  EXPECT_FALSE(found.settled());
  Await(kInterior, [](const auto& r) { return r.state() == v1::WITNESS_STATE_CONTRADICTED; });
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("a witness has seen another log of this origin"));
  EXPECT_THAT(federation_->node(kKyrgyz).LogText(), HasSubstr("partner's log contradicts itself"));
  const auto is_contradiction = [](const v1::IndexedEntry& e) {
    return e.entry().kind() == v1::ENTRY_KIND_CONTRADICTED;
  };
  EXPECT_THAT(EntriesOf(*federation_, kKyrgyz, "KGZ"), Contains(::testing::Truly(is_contradiction)));

  // Neither way.
  EXPECT_THAT(Submit(kKyrgyz, kInterior), HasReason("PARTNER_LOG_CONTRADICTED"));
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_QUEUED);
  federation_->node(kKyrgyz).Terminate();
  Restart(kKyrgyz);
  EXPECT_THAT(Submit(kKyrgyz, kInterior), HasReason("PARTNER_LOG_CONTRADICTED"));

  const auto stub = v1::WitnessService::NewStub(federation_->Connect(OperatorOf(kKyrgyz), kKyrgyz));
  v1::SettleContradictionRequest request;
  request.set_agency(kInterior);
  request.set_case_reference("SOC-2026-7");
  v1::SettleContradictionResponse response;
  const grpc::Status settled = stub->SettleContradiction(Patience().get(), request, &response);
  ASSERT_TRUE(settled.ok()) << settled.error_message();
  EXPECT_EQ(Deliver(kKyrgyz, kInterior), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
  AwaitWitnessed(kInterior);
  EXPECT_TRUE(WitnessingOf(kKyrgyz).logs(0).contradictions(0).settled());
}

}  // namespace
}  // namespace tamga::testing
