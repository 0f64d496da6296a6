// What agency systems may get wrong: every mistake is named, nothing crashes, nothing is logged as an exchange.
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

class InputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}).release();
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }
  static void TearDownTestSuite() {
    delete federation_;
    federation_ = nullptr;
  }
  void TearDown() override {
    EXPECT_TRUE(EntriesOf(*federation_, kInterior, "KAZ").empty());
    EXPECT_TRUE(EntriesOf(*federation_, kKyrgyz, "KGZ").empty());
  }

  static absl::Status Submit(const v1::SubmitReadmissionRequest& request) {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    v1::SubmitReadmissionResponse response;
    return exchange::FromGrpc(desk->SubmitReadmission(Patience().get(), request, &response));
  }

  static absl::StatusOr<v1::CheckTravellerResponse> Check(const v1::CheckTravellerRequest& request) {
    const auto stub = v1::WatchlistService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    v1::CheckTravellerResponse response;
    const grpc::Status status = stub->CheckTraveller(Patience().get(), request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

  static v1::CheckTravellerRequest CheckOf(const std::string& surname) {
    v1::CheckTravellerRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
    request.mutable_traveller()->set_surname(surname);
    return request;
  }

  static Federation* federation_;
};

Federation* InputTest::federation_ = nullptr;

TEST_F(InputTest, AnEmptyNameIsNamedAsMissing) {
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_application()->clear_names();
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("names")));
  EXPECT_THAT(Check(CheckOf("")), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(InputTest, ANameOfAThirdOfAMegabyteIsRefusedByName) {
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_application()->mutable_names(0)->set_surname(std::string(300'000, 'A'));
  const absl::Status status = Submit(request);
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_LT(status.message().size(), 1000u);
  EXPECT_THAT(Check(CheckOf(std::string(300'000, 'A'))), HasReason("INVALID_FIELD"));
}

TEST_F(InputTest, ANameOfAMegabyteIsBeyondTheMessageLimit) {
  EXPECT_THAT(Check(CheckOf(std::string(1 << 20, 'A'))), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(InputTest, TextThatIsNotUtf8DoesNotGetIn) {
  // A CheckTravellerRequest whose traveller's surname is the one byte FF: our own library would not write it.
  const std::string bytes = "\x1a\x03\x0a\x01\xff";
  grpc::GenericStub stub(federation_->Connect(SystemOf(kInterior), kInterior));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  const auto context = Patience();
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(context.get(), "/tamga.v1.WatchlistService/CheckTraveller", request, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

TEST_F(InputTest, ADateThatDoesNotExistIsNamed) {
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_application()->mutable_born_on()->set_month(2);
  request.mutable_application()->mutable_born_on()->set_day(31);
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("born_on")));
}

TEST_F(InputTest, ARequestWithoutPurposeOrCaseReferenceIsRefusedByName) {
  v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
  request.mutable_context()->clear_case_reference();
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("case_reference")));
  request = SampleSubmission(kKyrgyz);
  request.mutable_context()->clear_purpose();
  EXPECT_THAT(Submit(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("purpose")));
}

TEST_F(InputTest, AnUnknownPartnerIsNamed) {
  EXPECT_THAT(Submit(SampleSubmission("UZB/interior-ministry")), HasReason("UNKNOWN_PARTNER"));
  EXPECT_THAT(Submit(SampleSubmission("nobody")), HasReason("INVALID_FIELD"));
}

TEST_F(InputTest, AWrongCheckDigitIsReportedAndNeverRepaired) {
  v1::CheckTravellerRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
  request.add_mrz_lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
  request.add_mrz_lines("L8989O2C36UTO7408122F1204159ZE184226B<<<<<10");  // the letter O for the digit 0
  const absl::StatusOr<v1::CheckTravellerResponse> response = Check(request);
  ASSERT_OK(response);
  EXPECT_EQ(response->advice(), v1::ADVICE_REFER);
  EXPECT_EQ(response->traveller().document_number(), "L8989O2C3");
  bool suggested = false;
  for (const v1::DocumentCheck& check : response->document_checks()) {
    if (!check.passed() && check.detail().find("as 0 would fit") != std::string::npos) suggested = true;
  }
  EXPECT_TRUE(suggested) << response->DebugString();
}

TEST_F(InputTest, AZoneOfTheWrongLengthIsRefusedWithoutEcho) {
  v1::CheckTravellerRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
  request.add_mrz_lines("P<UTOERIKSSON<<ANNA");
  request.add_mrz_lines("L898902C3");
  const absl::StatusOr<v1::CheckTravellerResponse> response = Check(request);
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kInvalidArgument, ::testing::Not(HasSubstr("ERIKSSON"))));
}

}  // namespace
}  // namespace tamga::testing
