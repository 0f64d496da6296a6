// Transit operations between real nodes, under the agreement between Kazakhstan and Kyrgyzstan.
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/transit_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

class TransitTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}).release();
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }
  static void TearDownTestSuite() { delete federation_; }

  static std::unique_ptr<v1::TransitService::Stub> Desk(const std::string& agency) {
    return v1::TransitService::NewStub(federation_->Connect(OfficerOf(agency), agency));
  }

  static v1::SubmitTransitRequest Application() {
    v1::SubmitTransitRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.set_requested_agency(kKyrgyz);
    const v1::SubmitReadmissionRequest sample = SampleSubmission(kKyrgyz);
    *request.mutable_safeguards() = sample.safeguards();
    v1::TransitApplication& application = *request.mutable_application();
    *application.mutable_names() = sample.application().names();
    *application.mutable_born_on() = sample.application().born_on();
    application.set_sex("M");
    application.add_nationalities("UZB");
    *application.mutable_documents() = sample.application().documents();
    application.set_destination_state("UZB");
    application.set_entry_point("Korday");
    application.set_exit_point("Dostuk");
    application.mutable_enters_at()->set_seconds(1'900'000'000);
    application.set_means("road");
    application.add_escorts()->mutable_name()->set_surname("Asanov");
    application.set_special_circumstances("Needs a doctor on the way");
    application.set_no_direct_way(true);
    application.set_onward_travel_assured(true);
    application.set_admission_assured(true);
    application.set_no_refusal_ground_known(true);
    return request;
  }

  static std::string Submitted() {
    v1::SubmitTransitResponse response;
    EXPECT_OK(exchange::FromGrpc(Desk(kInterior)->SubmitTransit(Patience().get(), Application(), &response)));
    EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
    EXPECT_EQ(response.exchange().treaty_id(), "READMISSION-KAZ-KGZ");
    return response.case_().case_id();
  }

  static absl::Status Act(const std::string& agency, const std::string& case_id, v1::TransitStepKind kind) {
    v1::ActOnTransitRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.mutable_step()->set_case_id(case_id);
    request.mutable_step()->set_kind(kind);
    if (kind == v1::TRANSIT_STEP_KIND_REVOKE || kind == v1::TRANSIT_STEP_KIND_REFUSE) {
      request.mutable_step()->set_refusal_code(v1::TRANSIT_REFUSAL_CODE_PUBLIC_HEALTH);
      request.mutable_step()->set_reasons("Quarantine at the crossing point");
    }
    v1::ActOnTransitResponse response;
    return exchange::FromGrpc(Desk(agency)->ActOnTransit(Patience().get(), request, &response));
  }

  static v1::TransitCase Case(const std::string& agency, const std::string& case_id) {
    v1::GetTransitRequest request;
    request.set_case_id(case_id);
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    v1::GetTransitResponse response;
    EXPECT_OK(exchange::FromGrpc(Desk(agency)->GetTransit(Patience().get(), request, &response)));
    return response.case_();
  }

  static void ExpectSameOnBothSides(const std::string& case_id, v1::TransitState state) {
    const v1::TransitCase here = Case(kInterior, case_id);
    const v1::TransitCase there = Case(kKyrgyz, case_id);
    EXPECT_EQ(here.state(), state);
    EXPECT_EQ(there.state(), state);
    ASSERT_EQ(here.history_size(), there.history_size());
    for (int i = 0; i < here.history_size(); ++i) {
      v1::TransitEvent ours = here.history(i);
      v1::TransitEvent theirs = there.history(i);
      ours.clear_delivery();
      theirs.clear_delivery();
      EXPECT_EQ(ours.ShortDebugString(), theirs.ShortDebugString());
    }
    EXPECT_EQ(here.treaty_sha256(), there.treaty_sha256());
    EXPECT_FALSE(here.has_diverged_at());
    EXPECT_FALSE(there.has_diverged_at());
  }

  static Federation* federation_;
};

Federation* TransitTest::federation_ = nullptr;

TEST_F(TransitTest, APersonPassesThroughWithConsent) {
  const std::string case_id = Submitted();
  ExpectSameOnBothSides(case_id, v1::TRANSIT_STATE_SUBMITTED);
  EXPECT_EQ(Case(kKyrgyz, case_id).application().special_circumstances(), "Needs a doctor on the way");
  const v1::TransitCase asked = Case(kInterior, case_id);
  ASSERT_EQ(asked.clocks_size(), 1);
  EXPECT_EQ(asked.clocks(0).limit_id(), "transit-reply");
  ASSERT_OK(Act(kKyrgyz, case_id, v1::TRANSIT_STEP_KIND_CONSENT));
  const v1::TransitCase consented = Case(kInterior, case_id);
  ASSERT_EQ(consented.clocks_size(), 1);
  EXPECT_EQ(consented.clocks(0).on_expiry(), "LAPSE");
  ASSERT_OK(Act(kInterior, case_id, v1::TRANSIT_STEP_KIND_REPORT_DONE));
  ExpectSameOnBothSides(case_id, v1::TRANSIT_STATE_DONE);
}

TEST_F(TransitTest, ARevokedConsentSendsThePersonBack) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kKyrgyz, case_id, v1::TRANSIT_STEP_KIND_CONSENT));
  EXPECT_THAT(Act(kInterior, case_id, v1::TRANSIT_STEP_KIND_TAKE_BACK), HasReason("ILLEGAL_TRANSITION"));
  ASSERT_OK(Act(kKyrgyz, case_id, v1::TRANSIT_STEP_KIND_REVOKE));
  ASSERT_OK(Act(kInterior, case_id, v1::TRANSIT_STEP_KIND_TAKE_BACK));
  ExpectSameOnBothSides(case_id, v1::TRANSIT_STATE_TAKEN_BACK);
}

TEST_F(TransitTest, ARefusalIsToldWithCodeAndReasons) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kKyrgyz, case_id, v1::TRANSIT_STEP_KIND_REFUSE));
  ExpectSameOnBothSides(case_id, v1::TRANSIT_STATE_REFUSED);
  const v1::TransitCase record = Case(kInterior, case_id);
  EXPECT_EQ(record.history().rbegin()->refusal_code(), v1::TRANSIT_REFUSAL_CODE_PUBLIC_HEALTH);
  EXPECT_EQ(record.history().rbegin()->reasons(), "Quarantine at the crossing point");
}

TEST_F(TransitTest, AnOpenAsylumClaimOrAnUnknownOneKeepsTheApplicationAtHome) {
  for (const v1::Ternary asylum : {v1::TERNARY_YES, v1::TERNARY_UNSPECIFIED}) {
    v1::SubmitTransitRequest request = Application();
    request.mutable_safeguards()->set_asylum_claim_open(asylum);
    v1::SubmitTransitResponse response;
    const size_t before = EntriesOf(*federation_, kKyrgyz, "KGZ").size();
    const absl::Status status =
        exchange::FromGrpc(Desk(kInterior)->SubmitTransit(Patience().get(), request, &response));
    EXPECT_THAT(status, HasReason(asylum == v1::TERNARY_YES ? "FORBIDDEN" : "FACT_UNKNOWN"));
    EXPECT_EQ(EntriesOf(*federation_, kKyrgyz, "KGZ").size(), before);
  }
}

TEST_F(TransitTest, AfterAWithdrawalThereIsNothingToConsentTo) {
  const std::string case_id = Submitted();
  ASSERT_OK(Act(kInterior, case_id, v1::TRANSIT_STEP_KIND_WITHDRAW));
  ExpectSameOnBothSides(case_id, v1::TRANSIT_STATE_WITHDRAWN);
  EXPECT_THAT(Act(kKyrgyz, case_id, v1::TRANSIT_STEP_KIND_CONSENT), HasReason("ILLEGAL_TRANSITION"));
}

}  // namespace
}  // namespace tamga::testing
