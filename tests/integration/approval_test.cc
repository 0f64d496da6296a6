// A victim's case is shared without consent because her life is at risk: under PALERMO-TIP-2000 another officer has to
// agree first. Real nodes; the asking one is killed in between.
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/approval_service.grpc.pb.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::ElementsAre;

class ApprovalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kUzbek});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }

  // A case of the asking agency whose victim does not consent.
  std::string SaveCase() {
    v1::SaveTraffickingCaseRequest request;
    v1::TraffickingCase& record = *request.mutable_case_();
    record.set_status("Active");
    record.mutable_victim()->set_first_name("Canary");
    record.mutable_exploitation()->set_trafficking_status("PossibleVictimOfTrafficking");
    record.mutable_exploitation()->add_type_of_exploitation("ForcedLabour");
    v1::SaveTraffickingCaseResponse response;
    const auto cases = v1::TraffickingService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    const grpc::Status status = cases->SaveTraffickingCase(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.case_().case_id();
  }

  // A system shares it for the officer 4711.
  absl::Status Share(const std::string& case_id) {
    v1::HandOverTraffickingCaseRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_VICTIM_PROTECTION);
    request.mutable_context()->set_emergency_ground(v1::EMERGENCY_GROUND_LIFE_AT_RISK);
    request.set_case_id(case_id);
    request.set_to_agency(kUzbek);
    request.set_kind(v1::REFERRAL_KIND_SHARED);
    v1::HandOverTraffickingCaseResponse response;
    const auto cases = v1::TraffickingService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    return exchange::FromGrpc(cases->HandOverTraffickingCase(Patience().get(), request, &response));
  }

  std::unique_ptr<v1::ApprovalService::Stub> As(const std::string& officer) {
    return v1::ApprovalService::NewStub(federation_->Connect({kInterior, certs::Role::kOfficer, officer}, kInterior));
  }

  absl::Status Approve(const std::string& officer, const std::string& hash) {
    v1::ApproveRequestRequest request;
    request.set_request_sha256(hash);
    v1::ApproveRequestResponse response;
    return exchange::FromGrpc(As(officer)->ApproveRequest(Patience().get(), request, &response));
  }

  std::vector<v1::EntryKind> KindsAt(const std::string& agency, const std::string& state) {
    std::vector<v1::EntryKind> kinds;
    for (const v1::IndexedEntry& entry : EntriesOf(*federation_, agency, state)) kinds.push_back(entry.entry().kind());
    return kinds;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(ApprovalTest, ACaseLeavesOnceAnotherOfficerAgreesAlsoIfTheNodeDiesInBetween) {
  const std::string case_id = SaveCase();
  const absl::Status refused = Share(case_id);
  ASSERT_THAT(refused, HasReason("APPROVAL_REQUIRED"));
  ASSERT_OK_AND_ASSIGN(const std::string hash, HexDecode(MetadataOf(refused)["request_sha256"]));

  v1::ListApprovalsResponse waiting;
  ASSERT_TRUE(As("4711")->ListApprovals(Patience().get(), {}, &waiting).ok());
  ASSERT_EQ(waiting.approvals_size(), 1);
  EXPECT_EQ(waiting.approvals(0).request_sha256(), hash);
  EXPECT_THAT(waiting.approvals(0).articles(), ElementsAre("PALERMO-TIP-2000 art. 6.5"));
  EXPECT_THAT(Approve("4711", hash), HasReason("SECOND_PERSON_REQUIRED"));
  ASSERT_THAT(Share(case_id), HasReason("APPROVAL_REQUIRED"));
  EXPECT_THAT(KindsAt(kUzbek, "UZB"), ElementsAre());

  ASSERT_OK(Approve("4712", hash));
  federation_->node(kInterior).Kill();
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));

  ASSERT_OK(Share(case_id));
  EXPECT_THAT(KindsAt(kUzbek, "UZB"), ElementsAre(v1::ENTRY_KIND_RECEIVED, v1::ENTRY_KIND_ANSWERED));
  EXPECT_THAT(Share(case_id), HasReason("APPROVAL_REQUIRED"));
  EXPECT_THAT(KindsAt(kInterior, "KAZ"),
              ElementsAre(v1::ENTRY_KIND_WITHHELD, v1::ENTRY_KIND_WITHHELD, v1::ENTRY_KIND_APPROVED,
                          v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED, v1::ENTRY_KIND_WITHHELD));
  // What was agreed to, or has to be, is nobody's affair but the own State's.
  EXPECT_THAT(KindsAt(kInterior, "UZB"), ElementsAre(v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED));
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
}

}  // namespace
}  // namespace tamga::testing
