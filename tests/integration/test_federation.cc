#include "tests/integration/test_federation.h"

#include <stdlib.h>

#include <algorithm>
#include <utility>

#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "node/base/text.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::testing {

std::unique_ptr<Federation> MakeFederation(const std::string& node_binary, const std::string& source_dir,
                                           const std::vector<std::string>& agencies, Charter charter) {
  std::string folder = ::testing::TempDir() + "/tamga-federation-XXXXXX";
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  absl::StatusOr<std::unique_ptr<Federation>> federation =
      Federation::Create(folder, agencies, node_binary, source_dir + "/policy", charter);
  EXPECT_OK(federation);
  return federation.ok() ? *std::move(federation) : nullptr;
}

certs::Principal SystemOf(const std::string& agency) { return {agency, certs::Role::kSystem, "test"}; }

certs::Principal AuditorOf(const std::string& state) {
  return {state + "/prosecutor-general", certs::Role::kAuditor, "test"};
}

certs::Principal OfficerOf(const std::string& agency) { return {agency, certs::Role::kOfficer, "test"}; }

certs::Principal ProtectionOfficerOf(const std::string& agency, const std::string& name) {
  return {agency, certs::Role::kProtectionOfficer, name};
}
certs::Principal TreatyOfficerOf(const std::string& agency) { return {agency, certs::Role::kTreatyOfficer, "test"}; }

certs::Principal OperatorOf(const std::string& agency) { return {agency, certs::Role::kOperator, "test"}; }

v1::CallContext ContextFor(v1::Purpose purpose) {
  v1::CallContext context;
  context.set_purpose(purpose);
  context.set_case_reference("TEST-2026-001");
  context.set_officer("4711");
  return context;
}

v1::ReadmissionApplication SampleApplication() {
  v1::ReadmissionApplication application;
  application.set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
  application.set_requesting_file_number("MIA-2026-001");
  v1::PersonName& name = *application.add_names();
  name.set_surname("Zhumagulov");
  name.set_given_names("Khamid");
  application.mutable_born_on()->set_year(1991);
  application.mutable_born_on()->set_month(1);
  application.mutable_born_on()->set_day(2);
  application.set_sex("M");
  application.add_nationalities("KGZ");
  v1::TravelDocument& document = *application.add_documents();
  document.set_kind("passport");
  document.set_number("PE1234567");
  document.set_issuing_state("KGZ");
  v1::Evidence& evidence = *application.add_evidence();
  evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
  evidence.set_kind("passport");
  return application;
}

v1::SubmitReadmissionRequest SampleSubmission(const std::string& agency) {
  v1::SubmitReadmissionRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
  request.set_requested_agency(agency);
  *request.mutable_application() = SampleApplication();
  request.mutable_safeguards()->set_asylum_claim_open(v1::TERNARY_NO);
  request.mutable_safeguards()->set_trafficking_indicator(v1::TERNARY_NO);
  request.mutable_safeguards()->set_unaccompanied_minor(v1::TERNARY_NO);
  return request;
}

std::unique_ptr<grpc::ClientContext> Patience() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  context->set_wait_for_ready(true);
  return context;
}

std::vector<v1::IndexedEntry> EntriesOf(Federation& federation, const std::string& agency, const std::string& state) {
  const auto stub = v1::AuditService::NewStub(federation.Connect(AuditorOf(state), agency));
  std::vector<v1::IndexedEntry> entries;
  v1::ListEntriesRequest request;
  request.set_page_size(500);
  while (true) {
    v1::ListEntriesResponse response;
    const grpc::Status status = stub->ListEntries(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::IndexedEntry& entry : response.entries()) {
      if (entry.entry().kind() != v1::ENTRY_KIND_READ) entries.push_back(entry);
    }
    if (!status.ok() || response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.position().index() < b.position().index(); });
  return entries;
}

v1::VerifyVerdict Verify(Federation& federation, const std::string& agency, const std::string& state) {
  const auto stub = v1::AuditService::NewStub(federation.Connect(AuditorOf(state), agency));
  const auto context = Patience();
  const auto stream = stub->VerifyLog(context.get(), v1::VerifyLogRequest());
  v1::VerifyLogResponse response;
  v1::VerifyVerdict verdict;
  while (stream->Read(&response)) {
    if (response.has_verdict()) verdict = response.verdict();
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return verdict;
}

}  // namespace tamga::testing
