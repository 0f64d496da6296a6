// The node of KAZ/interior-ministry, and a hand-made one of KGZ/interior-ministry that knocks at its door.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/sealed_request.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {

class MessageFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->node(kInterior).Start());
    ASSERT_OK(federation_->WaitUntilServing(kInterior));
    ASSERT_OK_AND_ASSIGN(kyrgyz_, HandMadeNode::Create(*federation_, kKyrgyz, kInterior));
  }
  static void TearDownTestSuite() {
    kyrgyz_.reset();
    federation_.reset();
  }

  static std::vector<v1::IndexedEntry> Entries() { return EntriesOf(*federation_, kInterior, "KAZ"); }

  // How many readmission cases the node holds.
  static int Cases() {
    const auto stub = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    v1::ListReadmissionCasesRequest request;
    request.set_page_size(500);
    v1::ListReadmissionCasesResponse response;
    const grpc::Status status = stub->ListReadmissionCases(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok() && response.next_page_token().empty()) << status.error_message();
    return response.cases_size();
  }

  // The log verifies, and neither the operator's log nor any file of the node shows whom the messages were about.
  static void ExpectIntactAndDiscreet() {
    const v1::VerifyVerdict verdict = Verify(*federation_, kInterior, "KAZ");
    EXPECT_TRUE(verdict.intact()) << verdict.DebugString();
    const std::string log = federation_->node(kInterior).LogText();
    EXPECT_TRUE(absl::StrContains(log, "serving"));
    EXPECT_FALSE(absl::StrContains(log, kCanarySurname));
    const std::string folder = federation_->folder(kInterior) + "/data";
    ASSERT_OK_AND_ASSIGN(const std::vector<std::string> names, ListFolder(folder, ""));
    bool partner_found = false;  // or we would be looking in the wrong place
    for (const std::string& name : names) {
      ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(absl::StrCat(folder, "/", name), 256u << 20));
      EXPECT_FALSE(absl::StrContains(content, kCanarySurname)) << name;
      partner_found = partner_found || absl::StrContains(content, kKyrgyz);
    }
    EXPECT_TRUE(partner_found);
  }

  inline static std::unique_ptr<Federation> federation_;
  inline static std::unique_ptr<HandMadeNode> kyrgyz_;
};

}  // namespace tamga::testing
