// Six agencies exchange all three kinds of record.
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

class FederationTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, AllAgencies()).release();
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }
  static void TearDownTestSuite() {
    delete federation_;
    federation_ = nullptr;
  }

  template <typename Service>
  static std::unique_ptr<typename Service::Stub> StubOf(const std::string& agency) {
    return Service::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  static void PublishSpecimenAlert(const std::string& agency) {
    v1::PublishAlertRequest request;
    v1::Alert& alert = *request.mutable_alert();
    alert.set_alert_id("W-2026-1");
    alert.set_category(v1::ALERT_CATEGORY_ARREST);
    alert.set_action("Hold for extradition; contact the issuer at once");
    alert.set_legal_basis("Court order 12/2026");
    v1::PersonName& name = *alert.add_names();
    name.set_surname("ERIKSSON");
    name.set_given_names("ANNA MARIA");
    v1::PartialDate& born_on = *alert.add_born_on()->mutable_date();
    born_on.set_year(1974);
    born_on.set_month(8);
    born_on.set_day(12);
    v1::PublishAlertResponse response;
    const grpc::Status status =
        StubOf<v1::WatchlistService>(agency)->PublishAlert(Patience().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // The ICAO specimen passport, read at a lane of `agency`, which asks `partner`.
  static v1::SourceAnswer AskAboutSpecimen(const std::string& agency, const std::string& partner) {
    v1::CheckTravellerRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
    request.add_mrz_lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
    request.add_mrz_lines("L898902C36UTO7408122F1204159ZE184226B<<<<<10");
    request.add_partners(partner);
    v1::CheckTravellerResponse response;
    const grpc::Status status =
        StubOf<v1::WatchlistService>(agency)->CheckTraveller(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.sources_size(), 2);
    return response.sources_size() == 2 ? response.sources(1) : v1::SourceAnswer();
  }

  // What both sides hold of an event, without what each knows of its own messages and log.
  static std::string OnBothSides(v1::ReadmissionEvent event) {
    event.clear_delivery();
    event.clear_log();
    return event.SerializeAsString();
  }

  static Federation* federation_;
};

Federation* FederationTest::federation_ = nullptr;

TEST_F(FederationTest, TheSameHitIsToldInFullUnderOneTreatyAndAsHitUnderAnother) {
  PublishSpecimenAlert(kBorder);
  const v1::SourceAnswer kyrgyz = AskAboutSpecimen(kKyrgyz, kBorder);
  EXPECT_EQ(kyrgyz.status(), v1::SOURCE_STATUS_HIT) << kyrgyz.explanation();
  ASSERT_EQ(kyrgyz.candidates_size(), 1);
  EXPECT_EQ(kyrgyz.candidates(0).alert().names(0).surname(), "ERIKSSON");
  EXPECT_EQ(kyrgyz.exchange().treaty_id(), "CIS-WANTED-SEARCH-2010");

  const v1::SourceAnswer uzbek = AskAboutSpecimen(kUzbek, kBorder);
  EXPECT_EQ(uzbek.status(), v1::SOURCE_STATUS_HIT) << uzbek.explanation();
  EXPECT_EQ(uzbek.candidates_size(), 0);
  EXPECT_EQ(uzbek.exchange().disclosure(), v1::DISCLOSURE_LEVEL_HIT_NO_HIT);
  EXPECT_EQ(uzbek.exchange().treaty_id(), "CIS-WANTED-SEARCH-REGULATION-2015");
  EXPECT_EQ(uzbek.exchange().withheld_fields_size(), 0);  // their names would tell what is there
}

TEST_F(FederationTest, AMissIsANoHit) {
  EXPECT_EQ(AskAboutSpecimen(kBorder, kTajik).status(), v1::SOURCE_STATUS_NO_HIT);
}

TEST_F(FederationTest, AReadmissionCaseHasTheSameHistoryOnBothSides) {
  v1::SubmitReadmissionResponse submitted;
  grpc::Status status = StubOf<v1::ReadmissionService>(kInterior)->SubmitReadmission(
      Patience().get(), SampleSubmission(kKyrgyz), &submitted);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(submitted.case_().state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(submitted.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_TRUE(submitted.exchange().has_partner_log());

  for (const v1::ReadmissionStepKind kind : {v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STEP_KIND_ACCEPT}) {
    v1::ActOnReadmissionCaseRequest act;
    *act.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    act.mutable_step()->set_case_id(submitted.case_().case_id());
    act.mutable_step()->set_kind(kind);
    v1::ActOnReadmissionCaseResponse acted;
    status = StubOf<v1::ReadmissionService>(kKyrgyz)->ActOnReadmissionCase(Patience().get(), act, &acted);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(acted.overtaken());
  }

  v1::GetReadmissionCaseRequest get;
  get.set_case_id(submitted.case_().case_id());
  *get.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
  v1::GetReadmissionCaseResponse here;
  v1::GetReadmissionCaseResponse there;
  ASSERT_TRUE(StubOf<v1::ReadmissionService>(kInterior)->GetReadmissionCase(Patience().get(), get, &here).ok());
  ASSERT_TRUE(StubOf<v1::ReadmissionService>(kKyrgyz)->GetReadmissionCase(Patience().get(), get, &there).ok());
  EXPECT_EQ(here.case_().state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(here.case_().history_size(), 4);
  ASSERT_EQ(here.case_().history_size(), there.case_().history_size());
  for (int i = 0; i < here.case_().history_size(); ++i) {
    EXPECT_EQ(OnBothSides(here.case_().history(i)), OnBothSides(there.case_().history(i))) << i;
  }
  EXPECT_EQ(here.case_().treaty_sha256(), there.case_().treaty_sha256());
  EXPECT_EQ(here.case_().clocks_size(), there.case_().clocks_size());
  EXPECT_FALSE(here.case_().has_diverged_at());
  EXPECT_FALSE(there.case_().has_diverged_at());
}

TEST_F(FederationTest, AnOpenAsylumClaimOrAnUnknownOneKeepsTheApplicationAtHome) {
  for (const v1::Ternary asylum : {v1::TERNARY_YES, v1::TERNARY_UNSPECIFIED}) {
    v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
    request.mutable_safeguards()->set_asylum_claim_open(asylum);
    v1::SubmitReadmissionResponse response;
    const size_t before = EntriesOf(*federation_, kKyrgyz, "KGZ").size();
    const grpc::Status status =
        StubOf<v1::ReadmissionService>(kInterior)->SubmitReadmission(Patience().get(), request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(ReasonOf(exchange::FromGrpc(status)), asylum == v1::TERNARY_YES ? "FORBIDDEN" : "FACT_UNKNOWN");
    EXPECT_EQ(EntriesOf(*federation_, kKyrgyz, "KGZ").size(), before);
    EXPECT_EQ(EntriesOf(*federation_, kInterior, "KAZ").back().entry().kind(), v1::ENTRY_KIND_WITHHELD);
    for (const v1::IndexedEntry& seen : EntriesOf(*federation_, kInterior, "KGZ")) {
      EXPECT_NE(seen.entry().kind(), v1::ENTRY_KIND_WITHHELD);  // it would tell KGZ of the claim
    }
  }
}

TEST_F(FederationTest, AFieldOutsideTheTreatysListIsRefusedByName) {
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_application()->set_confession("none of your business");
  v1::SubmitReadmissionResponse response;
  const grpc::Status status =
      StubOf<v1::ReadmissionService>(kInterior)->SubmitReadmission(Patience().get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(status.error_message(), HasSubstr("confession"));
  EXPECT_THAT(status.error_message(), ::testing::Not(HasSubstr("business")));
}

TEST_F(FederationTest, AVictimsIdentityStaysWhenTheCaseIsShared) {
  v1::SaveTraffickingCaseRequest save;
  v1::TraffickingCase& record = *save.mutable_case_();
  record.set_status("Active");
  record.mutable_victim()->set_first_name("Canary");
  record.mutable_victim()->set_mobile_phone("+7 700 000 0000");
  record.mutable_exploitation()->set_trafficking_status("PossibleVictimOfTrafficking");
  record.mutable_exploitation()->add_type_of_exploitation("ForcedLabour");
  v1::TraffickingEvent& event = *record.add_events();
  event.set_type("Recruitment");
  event.set_city("Petropavl");
  v1::SaveTraffickingCaseResponse saved;
  grpc::Status status = StubOf<v1::TraffickingService>(kTourism)->SaveTraffickingCase(Patience().get(), save, &saved);
  ASSERT_TRUE(status.ok()) << status.error_message();

  v1::HandOverTraffickingCaseRequest refer;
  *refer.mutable_context() = ContextFor(v1::PURPOSE_TRAFFICKING_INVESTIGATION);
  refer.set_case_id(saved.case_().case_id());
  refer.set_to_agency(kInterior);
  refer.set_kind(v1::REFERRAL_KIND_REFERRED);
  refer.set_reason("AdditionalServicesRequired");
  v1::HandOverTraffickingCaseResponse referred;
  status = StubOf<v1::TraffickingService>(kTourism)->HandOverTraffickingCase(Patience().get(), refer, &referred);
  ASSERT_TRUE(status.ok()) << status.error_message();

  v1::HandOverTraffickingCaseRequest share = refer;
  share.set_to_agency(kTajik);
  share.set_kind(v1::REFERRAL_KIND_SHARED);
  v1::HandOverTraffickingCaseResponse shared;
  status = StubOf<v1::TraffickingService>(kInterior)->HandOverTraffickingCase(Patience().get(), share, &shared);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(shared.exchange().withheld_fields(), ::testing::Contains("case.victim.first_name"));

  v1::GetTraffickingCaseRequest get;
  get.set_case_id(saved.case_().case_id());
  v1::GetTraffickingCaseResponse there;
  *get.mutable_context() = ContextFor(v1::PURPOSE_MIGRATION_CONTROL);
  status = StubOf<v1::TraffickingService>(kTajik)->GetTraffickingCase(Patience().get(), get, &there);
  EXPECT_EQ(ReasonOf(exchange::FromGrpc(status)), "USE_NOT_PERMITTED");
  EXPECT_THAT(there.DebugString(), ::testing::IsEmpty());
  *get.mutable_context() = ContextFor(v1::PURPOSE_TRAFFICKING_INVESTIGATION);
  status = StubOf<v1::TraffickingService>(kTajik)->GetTraffickingCase(Patience().get(), get, &there);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(there.case_().events(0).city(), "Petropavl");
  EXPECT_FALSE(there.case_().has_victim());
  EXPECT_THAT(there.DebugString(), ::testing::Not(HasSubstr("Canary")));
}

TEST_F(FederationTest, WhatNoTreatyGrantsIsDeniedAndLoggedOnBothSides) {
  v1::RetrieveTraffickingCaseRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_MIGRATION_CONTROL);
  request.set_case_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ab");
  request.set_from_agency(kInterior);
  v1::RetrieveTraffickingCaseResponse response;
  const grpc::Status status =
      StubOf<v1::TraffickingService>(kUzbek)->RetrieveTraffickingCase(Patience().get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(status.error_message(), HasSubstr("PALERMO-TIP-2000"));
  EXPECT_EQ(ReasonOf(exchange::FromGrpc(status)), "NO_GRANT");

  const std::vector<v1::IndexedEntry> asked = EntriesOf(*federation_, kUzbek, "UZB");
  ASSERT_GE(asked.size(), 2u);
  EXPECT_EQ(asked.back().entry().kind(), v1::ENTRY_KIND_DELIVERED);
  EXPECT_EQ(asked.back().entry().outcome(), v1::ENTRY_OUTCOME_DENIED);
  const std::vector<v1::IndexedEntry> answered = EntriesOf(*federation_, kInterior, "KAZ");
  ASSERT_GE(answered.size(), 2u);
  EXPECT_EQ(answered.back().entry().kind(), v1::ENTRY_KIND_ANSWERED);
  EXPECT_EQ(answered.back().entry().outcome(), v1::ENTRY_OUTCOME_DENIED);
  EXPECT_EQ(answered.back().entry().exchange_id(), asked.back().entry().exchange_id());
}

TEST_F(FederationTest, AllLogsVerify) {
  for (const std::string& agency : AllAgencies()) {
    const v1::VerifyVerdict verdict = Verify(*federation_, agency, agency.substr(0, 3));
    EXPECT_TRUE(verdict.intact()) << agency << ": " << verdict.DebugString();
  }
}

}  // namespace
}  // namespace tamga::testing
