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
  grpc::Status Submit(v1::Purpose purpose, v1::Ternary asylum) {
    v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
    request.mutable_context()->set_purpose(purpose);
    request.mutable_safeguards()->set_asylum_claim_open(asylum);
    v1::SubmitReadmissionResponse response;
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior))
        ->SubmitReadmission(Patience().get(), request, &response);
  }

  v1::ListDecisionsResponse DecisionsOf(const std::string& agency) {
    v1::ListDecisionsResponse response;
    const grpc::Status status = v1::AdminService::NewStub(federation_->Connect(OperatorOf(agency), agency))
                                    ->ListDecisions(Patience().get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_THAT(response.unavailable(), IsEmpty());
    return response;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(DecisionsTest, ByTheNodesOwnTreatiesNothingIsDecidedOtherwise) {
  EXPECT_TRUE(Submit(v1::PURPOSE_READMISSION, v1::TERNARY_NO).ok());
  EXPECT_FALSE(Submit(v1::PURPOSE_READMISSION, v1::TERNARY_YES).ok());
  EXPECT_FALSE(Submit(v1::PURPOSE_READMISSION, v1::TERNARY_UNSPECIFIED).ok());
  EXPECT_FALSE(Submit(v1::PURPOSE_MIGRATION_CONTROL, v1::TERNARY_NO).ok());
  const treaty::TreatyLibrary library = federation_->ReadTreaties();
  const treaty::TreatyLibrary nothing = treaty::BuildLibrary({}, {}, absl::ZeroDuration(), "").value();
  std::map<std::string, std::vector<std::string>> reasons;
  for (const char* agency : {kInterior, kKyrgyz}) {
    const v1::ListDecisionsResponse listed = DecisionsOf(agency);
    for (const v1::DecisionRecord& decision : listed.decisions()) {
      const policy::Redecision again = policy::DecideAgain(*library.set, decision);
      EXPECT_EQ(again.flip, Flip::kNone) << agency << ": " << again.before << ", " << again.after;
      EXPECT_EQ(policy::DecideAgain(*nothing.set, decision).flip,
                decision.reason() == "PERMITTED" ? Flip::kNowDenied : Flip::kOtherReason)
          << decision.ShortDebugString();
      reasons[agency].push_back(decision.reason());
    }
  }
  // Newest first. The denied application went without its content: sent, received, and the denial answered.
  EXPECT_THAT(reasons[kInterior],
              ElementsAre("NO_GRANT", "NO_GRANT", "FACT_UNKNOWN", "FORBIDDEN", "PERMITTED", "PERMITTED"));
  EXPECT_THAT(reasons[kKyrgyz], ElementsAre("NO_GRANT", "PERMITTED", "PERMITTED"));
}

}  // namespace
}  // namespace tamga::testing
