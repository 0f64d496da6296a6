// What exchanges oblige to, seen and discharged at real nodes, by gRPC and by the command line.
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/obligation_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const certs::Principal kOfficer{kBorder, certs::Role::kOfficer, "o1"};

class ObligationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kBorder, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }

  std::unique_ptr<v1::ObligationService::Stub> Obligations(const certs::Principal& caller) {
    return v1::ObligationService::NewStub(federation_->Connect(caller, kBorder));
  }

  // A lane asks Kyrgyzstan about a traveller; gives what the exchange left behind.
  v1::ExchangeSummary CheckTraveller() {
    v1::CheckTravellerRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
    request.mutable_traveller()->set_surname("RAHIMOV");
    request.add_partners(kKyrgyz);
    v1::CheckTravellerResponse response;
    const auto stub = v1::WatchlistService::NewStub(federation_->Connect(SystemOf(kBorder), kBorder));
    const grpc::Status status = stub->CheckTraveller(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.sources_size() == 2 ? response.sources(1).exchange() : v1::ExchangeSummary();
  }

  v1::ListHoldingsResponse List(const certs::Principal& caller, v1::DutyState state = v1::DUTY_STATE_UNSPECIFIED) {
    v1::ListHoldingsRequest request;
    request.set_state(state);
    v1::ListHoldingsResponse response;
    const grpc::Status status = Obligations(caller)->ListHoldings(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  static v1::DischargeObligationRequest Reviewed(const v1::ExchangeSummary& exchange) {
    v1::DischargeObligationRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
    request.set_exchange_id(exchange.exchange_id());
    request.set_partner(kKyrgyz);
    request.set_obligation(v1::OBLIGATION_TYPE_HUMAN_REVIEW);
    return request;
  }

  // `tamga` as the caller; its output, and its exit code.
  std::string Tamga(const certs::Principal& caller, const std::string& arguments, int* exit_code) {
    SystemRng rng;
    const std::string folder = federation_->folder(kBorder);
    const auto files = federation_->authority("KAZ").Issue(caller, absl::Hours(1), absl::Now(), rng);
    EXPECT_OK(files);
    EXPECT_OK(WriteFile(folder + "/roots.pem", federation_->authority("KAZ").RootPem()));
    EXPECT_OK(WriteFile(folder + "/caller.pem", files->chain_pem));
    EXPECT_OK(WriteFile(folder + "/caller.key", files->key_pem, 0600));
    EXPECT_OK(WriteFile(folder + "/caller.profile",
                        absl::StrCat("node_address: \"", federation_->address(kBorder), "\"\nnode_agency: \"", kBorder,
                                     "\"\ncertificate_file: \"caller.pem\"\nkey_file: \"caller.key\"\n",
                                     "trust { state: \"KAZ\" roots_file: \"roots.pem\" }\n")));
    std::string output;
    FILE* pipe = ::popen(
        absl::StrCat(TAMGA_BINARY " --profile ", folder, "/caller.profile ", arguments, " 2>&1 </dev/null").c_str(),
        "r");
    if (pipe == nullptr) return output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    const int status = ::pclose(pipe);
    *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(ObligationTest, WhatACheckObligesToIsListedAndAnOfficerDischargesTheReview) {
  const v1::ExchangeSummary exchange = CheckTraveller();
  EXPECT_GE(exchange.obligations_size(), 4);
  EXPECT_TRUE(exchange.has_erase_at());

  const v1::ListHoldingsResponse listed = List(SystemOf(kBorder), v1::DUTY_STATE_OPEN);
  ASSERT_EQ(listed.holdings_size(), 1);
  EXPECT_EQ(FormatUuid(listed.holdings(0).exchange_id()), exchange.exchange_id());
  EXPECT_EQ(listed.holdings(0).erase_at().seconds(), exchange.erase_at().seconds());
  EXPECT_EQ(List(OperatorOf(kBorder)).holdings_size(), 1);
  EXPECT_EQ(List(AuditorOf("KGZ")).holdings_size(), 1);

  v1::DischargeObligationResponse discharged;
  grpc::Status status =
      Obligations(SystemOf(kBorder))->DischargeObligation(Patience().get(), Reviewed(exchange), &discharged);
  EXPECT_EQ(ReasonOf(exchange::FromGrpc(status)), "WRONG_ROLE");
  status = Obligations(kOfficer)->DischargeObligation(Patience().get(), Reviewed(exchange), &discharged);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const std::vector<v1::IndexedEntry> entries = EntriesOf(*federation_, kBorder, "KAZ");
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const v1::IndexedEntry& indexed) {
    return indexed.position().index() == discharged.own_log().index();
  });
  ASSERT_NE(entry, entries.end());
  EXPECT_EQ(entry->entry().kind(), v1::ENTRY_KIND_DISCHARGED);
  EXPECT_TRUE(Verify(*federation_, kBorder, "KAZ").intact());

  // It is there after a crash.
  federation_->node(kBorder).Kill();
  ASSERT_OK(federation_->node(kBorder).Start());
  ASSERT_OK(federation_->WaitUntilServing(kBorder));
  ASSERT_EQ(List(SystemOf(kBorder), v1::DUTY_STATE_DISCHARGED).holdings_size(), 1);
  status = Obligations(kOfficer)->DischargeObligation(Patience().get(), Reviewed(exchange), &discharged);
  EXPECT_EQ(ReasonOf(exchange::FromGrpc(status)), "NOT_OPEN");
}

TEST_F(ObligationTest, TheCommandLineShowsAndDischarges) {
  const v1::ExchangeSummary exchange = CheckTraveller();
  int exit_code = -1;
  std::string output = Tamga(kOfficer, "obligation list", &exit_code);
  EXPECT_EQ(exit_code, 0) << output;
  EXPECT_THAT(output, HasSubstr("RETAIN_AT_MOST 1095 days"));
  EXPECT_THAT(output, HasSubstr("USE_ONLY_FOR BORDER_CHECK"));
  EXPECT_THAT(output, HasSubstr("their reply"));
  output = Tamga(kOfficer,
                 absl::StrCat("obligation discharge ", exchange.exchange_id(), " --partner ", kKyrgyz,
                              " --obligation HUMAN_REVIEW --purpose BORDER_CHECK --case-reference L-1"),
                 &exit_code);
  EXPECT_EQ(exit_code, 0) << output;
  EXPECT_THAT(output, HasSubstr("is discharged"));
  output = Tamga(AuditorOf("KAZ"), "audit list --kind DISCHARGED", &exit_code);
  EXPECT_EQ(exit_code, 0) << output;
  EXPECT_THAT(output, HasSubstr("HUMAN_REVIEW"));
  output = Tamga(kOfficer, "obligation list --state OPEN", &exit_code);
  EXPECT_THAT(output, Not(HasSubstr("HUMAN_REVIEW"))) << output;
  output =
      Tamga(kOfficer, absl::StrCat("--output json obligation list --exchange ", exchange.exchange_id()), &exit_code);
  EXPECT_EQ(exit_code, 0) << output;
  EXPECT_THAT(output, HasSubstr("DUTY_STATE_DISCHARGED"));
}

}  // namespace
}  // namespace tamga::testing
