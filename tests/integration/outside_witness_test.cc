// A node's log is witnessed over HTTPS by one that is no partner in this: another node's door takes its part.
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::SizeIs;

class OutsideWitnessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->AddWitnesses(/*interval_ms=*/100));
    v1::NodeConfig kyrgyz = federation_->config(kKyrgyz);
    kyrgyz.set_log_listen("127.0.0.1:0");
    kyrgyz.mutable_limits()->set_partner_timeout_ms(2000);
    ASSERT_OK(federation_->Reconfigure(kKyrgyz, kyrgyz));
    Start(kKyrgyz);
  }

  void Start(const std::string& agency) {
    ASSERT_OK(federation_->node(agency).Start());
    ASSERT_OK(federation_->WaitUntilServing(agency));
  }

  // Where the Kyrgyz node serves its log; it does so soon after it serves calls.
  std::string DoorUrl() {
    const std::string event = "\"serving the log\",\"address\":\"";
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    while (absl::Now() < patience) {
      const std::string log = federation_->node(kKyrgyz).LogText();
      const size_t at = log.find(event);
      if (at == std::string::npos) continue;
      const size_t begin = at + event.size();
      return absl::StrCat("https://", log.substr(begin, log.find('"', begin) - begin));
    }
    ADD_FAILURE() << federation_->node(kKyrgyz).LogText();
    return "";
  }

  // The Kazakh node asks the Kyrgyz witness, but over HTTPS alone, and believes that it is `server_name`.
  void AskOverHttps(const std::string& server_name) {
    v1::NodeConfig config = federation_->config(kInterior);
    config.mutable_partners(0)->clear_witness_vkey();
    config.mutable_witnessing()->clear_outside_witnesses();
    v1::OutsideWitness& witness = *config.mutable_witnessing()->add_outside_witnesses();
    witness.set_name(kKyrgyz);  // as the policy names it
    witness.set_url(DoorUrl());
    witness.set_roots_file("../KGZ.pem");
    witness.set_server_name(server_name);
    ASSERT_OK(federation_->Reconfigure(kInterior, config));
  }

  void Deliver() {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    v1::SubmitReadmissionResponse response;
    const grpc::Status status = desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  }

  v1::GetWitnessingResponse Witnessing() {
    const auto stub = v1::WitnessService::NewStub(federation_->Connect(OperatorOf(kInterior), kInterior));
    v1::GetWitnessingResponse response;
    const grpc::Status status = stub->GetWitnessing(Patience().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  // Once `is_so`; the last, if it does not come.
  v1::GetWitnessingResponse Await(const std::function<bool(const v1::GetWitnessingResponse&)>& is_so) {
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    v1::GetWitnessingResponse response = Witnessing();
    while (!is_so(response) && absl::Now() < patience) response = Witnessing();
    EXPECT_TRUE(is_so(response)) << response.DebugString() << federation_->node(kInterior).LogText();
    return response;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(OutsideWitnessTest, WhatIsExchangedIsSoonWitnessedByIt) {
  AskOverHttps("interior-ministry.kgz.tamga");
  Start(kInterior);
  Deliver();
  const v1::GetWitnessingResponse response =
      Await([](const auto& r) { return r.log_size() > 0 && r.witnessed_size() == r.log_size(); });
  EXPECT_EQ(response.state(), v1::WITNESS_STATE_WITNESSED);
  ASSERT_THAT(response.witnesses(), SizeIs(1));
  EXPECT_EQ(response.witnesses(0).name(), "witness.kgz-interior-ministry.tamga");
  EXPECT_EQ(response.witnesses(0).agency(), "");
  EXPECT_EQ(response.witnesses(0).cosigned_size(), response.log_size());
  EXPECT_EQ(response.witnesses(0).fault(), "");
  EXPECT_THAT(EntriesOf(*federation_, kInterior, "KAZ"), Each(Property(&v1::IndexedEntry::witnesses, 1u)));
  // A restart forgets nothing, and what was cosigned is asked about anew.
  federation_->node(kInterior).Terminate();
  Start(kInterior);
  EXPECT_EQ(Witnessing().state(), v1::WITNESS_STATE_WITNESSED);
  Deliver();
  Await([](const auto& r) { return r.witnessed_size() == r.log_size(); });
}

TEST_F(OutsideWitnessTest, OneOfAnotherNameIsNotBelieved) {
  AskOverHttps("");  // the host's, which the certificate does not have
  Start(kInterior);
  Deliver();
  const v1::GetWitnessingResponse response =
      Await([](const auto& r) { return r.witnesses_size() == 1 && !r.witnesses(0).fault().empty(); });
  EXPECT_THAT(response.witnesses(0).fault(), HasSubstr("its certificate is not good for 127.0.0.1"));
  EXPECT_EQ(response.state(), v1::WITNESS_STATE_LOGGED);
  EXPECT_EQ(response.witnessed_size(), 0u);
}

}  // namespace
}  // namespace tamga::testing
