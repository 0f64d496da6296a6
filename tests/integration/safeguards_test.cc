// A person who may not be moved: real nodes, of which the partner and the own desk learn that something stands, and
// not what.
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/safeguard_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SafeguardsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }

  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(OfficerOf(agency), agency));
  }
  std::unique_ptr<v1::SafeguardService::Stub> Protection(const std::string& officer) {
    return v1::SafeguardService::NewStub(federation_->Connect(ProtectionOfficerOf(kInterior, officer), kInterior));
  }

  absl::StatusOr<std::string> Submit() {
    v1::SubmitReadmissionResponse response;
    const absl::Status status =
        exchange::FromGrpc(Desk(kInterior)->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response));
    if (!status.ok()) return status;
    return response.case_().case_id();
  }

  // For the person of SampleApplication, found by the passport.
  v1::SetSafeguardResponse Set(v1::SafeguardGround ground) {
    v1::SetSafeguardRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    *request.mutable_person()->mutable_documents() = SampleApplication().documents();
    request.set_ground(ground);
    v1::SetSafeguardResponse response;
    EXPECT_OK(exchange::FromGrpc(Protection("aliya")->SetSafeguard(Patience().get(), request, &response)));
    return response;
  }

  void AskRelease(const std::string& id) {
    v1::AskReleaseRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.set_safeguard_id(id);
    request.set_reason("it is over");
    v1::AskReleaseResponse response;
    EXPECT_OK(exchange::FromGrpc(Protection("aliya")->AskRelease(Patience().get(), request, &response)));
  }

  absl::Status Release(const std::string& officer, const std::string& id) {
    v1::ReleaseSafeguardRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.set_safeguard_id(id);
    v1::ReleaseSafeguardResponse response;
    return exchange::FromGrpc(Protection(officer)->ReleaseSafeguard(Patience().get(), request, &response));
  }

  v1::ReadmissionCase Case(const std::string& agency, const std::string& case_id) {
    v1::GetReadmissionCaseRequest request;
    request.set_case_id(case_id);
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    v1::GetReadmissionCaseResponse response;
    EXPECT_OK(exchange::FromGrpc(Desk(agency)->GetReadmissionCase(Patience().get(), request, &response)));
    return response.case_();
  }

  absl::Status ReleaseAsDesk(const std::string& case_id) {
    v1::ActOnReadmissionCaseRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.mutable_step()->set_case_id(case_id);
    request.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_RELEASE);
    v1::ActOnReadmissionCaseResponse response;
    return exchange::FromGrpc(Desk(kInterior)->ActOnReadmissionCase(Patience().get(), request, &response));
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(SafeguardsTest, TheWordsAndTheEntryAreTheSameWhateverStandsAndNothingReachesThePartner) {
  std::string words;
  for (const v1::SafeguardGround ground :
       {v1::SAFEGUARD_GROUND_ASYLUM_CLAIM, v1::SAFEGUARD_GROUND_TRAFFICKING_INDICATOR,
        v1::SAFEGUARD_GROUND_UNACCOMPANIED_MINOR, v1::SAFEGUARD_GROUND_MEDICAL_HOLD}) {
    const std::string id = Set(ground).safeguard().safeguard_id();
    const absl::Status refused = Submit().status();
    EXPECT_THAT(refused, HasReason("SAFEGUARD_STANDS"));
    if (words.empty()) words = std::string(refused.message());
    EXPECT_EQ(refused.message(), words);
    const v1::LogEntry entry = EntriesOf(*federation_, kInterior, "KAZ").back().entry();
    EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_WITHHELD);
    EXPECT_EQ(entry.reason(), "SAFEGUARD_STANDS");
    EXPECT_EQ(entry.treaty_id(), "");
    EXPECT_EQ(entry.articles_size(), 0);
    AskRelease(id);
    EXPECT_THAT(Release("aliya", id), HasReason("SECOND_PERSON_REQUIRED"));
    EXPECT_OK(Release("berik", id));
  }
  EXPECT_TRUE(EntriesOf(*federation_, kKyrgyz, "KGZ").empty());
  EXPECT_OK(Submit().status());
}

TEST_F(SafeguardsTest, ARunningCaseIsHeldByItsNodeUntilASecondOfficerReleasesIt) {
  ASSERT_OK_AND_ASSIGN(const std::string case_id, Submit());
  const v1::SetSafeguardResponse set = Set(v1::SAFEGUARD_GROUND_ASYLUM_CLAIM);
  EXPECT_THAT(set.case_ids(), ::testing::ElementsAre(case_id));
  for (const char* agency : {kInterior, kKyrgyz}) {
    const v1::ReadmissionCase record = Case(agency, case_id);
    EXPECT_EQ(record.state(), v1::READMISSION_STATE_ON_HOLD);
    ASSERT_GT(record.history_size(), 0);
    const v1::ReadmissionEvent& last = *record.history().rbegin();
    EXPECT_EQ(last.step().hold_code(), v1::HOLD_CODE_PROTECTION);
    EXPECT_EQ(last.reasons(), "");
    const std::string text = record.ShortDebugString();
    EXPECT_THAT(text, Not(HasSubstr("aliya")));
    EXPECT_THAT(text, Not(HasSubstr("ASYLUM")));
    EXPECT_THAT(text, Not(HasSubstr(set.safeguard().safeguard_id())));
  }
  EXPECT_THAT(ReleaseAsDesk(case_id), HasReason("SAFEGUARD_STANDS"));
  AskRelease(set.safeguard().safeguard_id());
  ASSERT_OK(Release("berik", set.safeguard().safeguard_id()));
  for (const char* agency : {kInterior, kKyrgyz}) {
    EXPECT_EQ(Case(agency, case_id).state(), v1::READMISSION_STATE_RECEIVED);
  }
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
}

}  // namespace
}  // namespace tamga::testing
