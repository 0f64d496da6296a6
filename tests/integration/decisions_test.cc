// What nodes keep of their decisions, and what would come of them under other treaties.
#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "policy/what_if.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using policy::Flip;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DecisionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }

  // Kazakhstan applies to Kyrgyzstan for readmission.
  grpc::Status Submit(v1::Ternary asylum) {
    v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
    request.mutable_safeguards()->set_asylum_claim_open(asylum);
    v1::SubmitReadmissionResponse response;
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior))
        ->SubmitReadmission(Patience().get(), request, &response);
  }

  // Kazakhstan asks Kyrgyzstan for a trafficking case, for a purpose that no treaty serves.
  grpc::Status RetrieveForNoGoodPurpose() {
    v1::RetrieveTraffickingCaseRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_MIGRATION_CONTROL);
    request.set_case_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ab");
    request.set_from_agency(kKyrgyz);
    v1::RetrieveTraffickingCaseResponse response;
    return v1::TraffickingService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior))
        ->RetrieveTraffickingCase(Patience().get(), request, &response);
  }

  v1::ListDecisionsResponse DecisionsOf(const std::string& agency) {
    v1::ListDecisionsResponse response;
    const grpc::Status status = v1::AdminService::NewStub(federation_->Connect(OfficerOf(agency), agency))
                                    ->ListDecisions(Patience().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_THAT(response.unavailable(), IsEmpty());
    return response;
  }

  // What comes of a decision where there are no treaties at all.
  static Flip WithoutTreaties(const std::string& reason) {
    if (reason == "PERMITTED") return Flip::kNowDenied;
    return reason == "NO_GRANT" ? Flip::kNone : Flip::kOtherReason;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(DecisionsTest, ByTheNodesOwnTreatiesNothingIsDecidedOtherwise) {
  EXPECT_TRUE(Submit(v1::TERNARY_NO).ok());
  EXPECT_FALSE(Submit(v1::TERNARY_YES).ok());
  EXPECT_FALSE(Submit(v1::TERNARY_UNSPECIFIED).ok());
  EXPECT_FALSE(RetrieveForNoGoodPurpose().ok());
  const treaty::TreatyLibrary library = federation_->ReadTreaties();
  const treaty::TreatyLibrary nothing = treaty::BuildLibrary({}, {}, absl::ZeroDuration(), "").value();
  std::map<std::string, std::vector<std::string>> reasons;
  for (const char* agency : {kInterior, kKyrgyz}) {
    const v1::ListDecisionsResponse listed = DecisionsOf(agency);
    for (const v1::DecisionRecord& decision : listed.decisions()) {
      const policy::Redecision again = policy::DecideAgain(*library.set, decision);
      EXPECT_EQ(again.flip, Flip::kNone) << agency << ": " << again.before << ", " << again.after;
      EXPECT_EQ(policy::DecideAgain(*nothing.set, decision).flip, WithoutTreaties(decision.reason()))
          << decision.ShortDebugString();
      reasons[agency].push_back(decision.reason());
    }
  }
  // Newest first. The denied retrieval went without its content: sent, received, and the denial answered.
  EXPECT_THAT(reasons[kInterior],
              ElementsAre("NO_GRANT", "NO_GRANT", "FACT_UNKNOWN", "FORBIDDEN", "PERMITTED", "PERMITTED"));
  EXPECT_THAT(reasons[kKyrgyz], ElementsAre("NO_GRANT", "PERMITTED", "PERMITTED"));
}

}  // namespace
}  // namespace tamga::testing
