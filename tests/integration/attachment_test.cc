// Attachments between two real nodes: what is sent arrives whole, whoever is killed or breaks off, in constant memory;
// and what the treaty or the scanner does not let pass is not there.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/attachment/manifest_checks.h"
#include "node/attachment/test_clamd.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/attachment_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kMebibyte = 1u << 20;

// A PDF as far as its beginning tells, of which no two blocks are alike.
std::string ScanOf(size_t size) {
  std::string bytes = "%PDF-1.4\n";
  bytes.reserve(size);
  for (uint32_t i = 1; bytes.size() < size; i = i * 1'664'525u + 1'013'904'223u) {
    bytes += static_cast<char>('a' + (i >> 24) % 26);
  }
  return bytes;
}

v1::AttachmentManifest ManifestOf(const std::string& case_id, const std::string& bytes) {
  v1::AttachmentManifest manifest;
  manifest.set_case_id(case_id);
  manifest.set_kind(v1::ATTACHMENT_KIND_SCAN);
  manifest.set_media_type("application/pdf");
  manifest.set_size(bytes.size());
  manifest.set_sha256(Sha256(bytes));
  return manifest;
}

// The most memory that the process has ever held, bytes.
uint64_t MostMemoryOf(const NodeProcess& node) {
  std::ifstream status(absl::StrCat("/proc/", node.pid(), "/status"));
  for (std::string line; std::getline(status, line);) {
    uint64_t kibibytes = 0;
    if (!absl::StartsWith(line, "VmHWM:")) continue;
    EXPECT_TRUE(absl::SimpleAtoi(line.substr(6, line.find("kB") - 6), &kibibytes)) << line;
    return kibibytes << 10;
  }
  ADD_FAILURE() << "the system does not tell how much memory a node holds";
  return 0;
}

std::unique_ptr<grpc::ClientContext> LongPatience() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(5));
  context->set_wait_for_ready(true);
  return context;
}

class AttachmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    for (const std::string agency : {kInterior, kKyrgyz}) {
      v1::NodeConfig config = federation_->config(agency);
      config.mutable_limits()->set_partner_timeout_ms(2000);
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
  }

  // A case between the two ministries, which both have.
  void BeginCase() {
    v1::SubmitReadmissionResponse response;
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    ASSERT_OK(exchange::FromGrpc(desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response)));
    case_id_ = response.case_().case_id();
    v1::ListAttachmentsRequest request;
    request.set_case_id(case_id_);
    v1::ListAttachmentsResponse listed;
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    absl::Status there;
    do {
      there = exchange::FromGrpc(Stub(kKyrgyz)->ListAttachments(Patience().get(), request, &listed));
    } while (!there.ok() && absl::Now() < patience);
    ASSERT_OK(there);
  }

  std::unique_ptr<v1::AttachmentService::Stub> Stub(const std::string& agency) {
    return v1::AttachmentService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  absl::StatusOr<v1::QueryUploadResponse> Query(const std::string& agency, const v1::AttachmentManifest& manifest) {
    v1::QueryUploadRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    *request.mutable_manifest() = manifest;
    v1::QueryUploadResponse response;
    RETURN_IF_ERROR(exchange::FromGrpc(Stub(agency)->QueryUpload(Patience().get(), request, &response)));
    return response;
  }

  // Writes the bytes from `from` to `until` on a stream that it begins; false if the node takes no more.
  static bool WriteBytes(grpc::ClientWriter<v1::UploadAttachmentRequest>& writer,
                         const v1::AttachmentManifest& manifest, const std::string& bytes, size_t from, size_t until) {
    v1::UploadAttachmentRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    *request.mutable_manifest() = manifest;
    if (!writer.Write(request)) return false;
    for (size_t at = from; at < until; at += attachment::kMostChunkBytes) {
      request.Clear();
      request.set_offset(at);
      request.set_data(bytes.substr(at, std::min(attachment::kMostChunkBytes, until - at)));
      if (!writer.Write(request)) return false;
    }
    return true;
  }

  absl::StatusOr<v1::Attachment> Upload(const std::string& agency, const v1::AttachmentManifest& manifest,
                                        const std::string& bytes, size_t from = 0) {
    const auto stub = Stub(agency);
    const auto context = LongPatience();
    v1::UploadAttachmentResponse response;
    const auto writer = stub->UploadAttachment(context.get(), &response);
    WriteBytes(*writer, manifest, bytes, from, bytes.size());
    writer->WritesDone();
    RETURN_IF_ERROR(exchange::FromGrpc(writer->Finish()));
    return response.attachment();
  }

  absl::Status Send(const std::string& agency, const std::string& attachment_id) {
    v1::SendAttachmentRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.set_case_id(case_id_);
    request.set_attachment_id(attachment_id);
    v1::SendAttachmentResponse response;
    return exchange::FromGrpc(Stub(agency)->SendAttachment(Patience().get(), request, &response));
  }

  std::vector<v1::Attachment> List(const std::string& agency) {
    v1::ListAttachmentsRequest request;
    request.set_case_id(case_id_);
    v1::ListAttachmentsResponse response;
    EXPECT_OK(exchange::FromGrpc(Stub(agency)->ListAttachments(Patience().get(), request, &response)));
    return {response.attachments().begin(), response.attachments().end()};
  }

  // The attachment, once nothing more happens to it at the sender's; the nodes may still be at work.
  v1::Attachment Settled(const std::string& agency, const std::string& attachment_id) {
    const absl::Time patience = absl::Now() + absl::Minutes(4);
    while (absl::Now() < patience) {
      for (const v1::Attachment& attachment : List(agency)) {
        if (attachment.manifest().attachment_id() != attachment_id) continue;
        if (attachment.state() != v1::ATTACHMENT_STATE_SENDING) return attachment;
      }
    }
    ADD_FAILURE() << agency << " still sends; its log: " << federation_->node(agency).LogText();
    return {};
  }

  absl::StatusOr<std::string> Get(const std::string& agency, const std::string& attachment_id) {
    v1::GetAttachmentRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.set_case_id(case_id_);
    request.set_attachment_id(attachment_id);
    const auto stub = Stub(agency);
    const auto context = LongPatience();
    const auto reader = stub->GetAttachment(context.get(), request);
    std::string bytes;
    for (v1::GetAttachmentResponse response; reader->Read(&response);) bytes += response.data();
    RETURN_IF_ERROR(exchange::FromGrpc(reader->Finish()));
    return bytes;
  }

  std::unique_ptr<Federation> federation_;
  std::string case_id_;
};

TEST_F(AttachmentTest, AScanArrivesWholeThoughItsReceiverIsKilledInTheMiddle) {
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->node(kKyrgyz).Start({"TAMGA_FAILPOINT=attachment.block=kill@8"}));
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  ASSERT_OK(federation_->WaitUntilServing(kKyrgyz));
  BeginCase();
  const std::string bytes = ScanOf(20 * kMebibyte);
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, Upload(kInterior, ManifestOf(case_id_, bytes), bytes));
  ASSERT_EQ(held.state(), v1::ATTACHMENT_STATE_HELD);
  const std::string attachment_id = held.manifest().attachment_id();
  ASSERT_OK(Send(kInterior, attachment_id));
  federation_->node(kKyrgyz).Wait();  // it is dead, or this hangs and the test's time limit ends it
  // What came before is not sent again, or it is killed once more: of 20 blocks 8 are there.
  ASSERT_OK(federation_->node(kKyrgyz).Start({"TAMGA_FAILPOINT=attachment.block=kill@13"}));
  ASSERT_OK(federation_->WaitUntilServing(kKyrgyz));
  const v1::Attachment sent = Settled(kInterior, attachment_id);
  EXPECT_EQ(sent.state(), v1::ATTACHMENT_STATE_DELIVERED) << sent.reason();
  ASSERT_OK_AND_ASSIGN(const std::string got, Get(kKyrgyz, attachment_id));
  EXPECT_EQ(Sha256(got), held.manifest().sha256());

  // The proof of receipt: a reply that the other side has sealed, in both logs.
  v1::GetEvidenceRequest request;
  request.set_exchange_id(sent.exchange_id());
  v1::GetEvidenceResponse response;
  const auto audit = v1::AuditService::NewStub(federation_->Connect(AuditorOf("KAZ"), kInterior));
  ASSERT_OK(exchange::FromGrpc(audit->GetEvidence(Patience().get(), request, &response)));
  ASSERT_EQ(response.bundle().exchanges_size(), 1);
  ASSERT_EQ(response.bundle().exchanges(0).messages_size(), 2);
  EXPECT_GT(response.bundle().exchanges(0).messages(1).signatures_size(), 0);
  bool answered = false;
  for (const v1::IndexedEntry& entry : EntriesOf(*federation_, kKyrgyz, "KGZ")) {
    const bool is_answer = entry.entry().kind() == v1::ENTRY_KIND_ANSWERED;
    if (is_answer && FormatUuid(entry.entry().exchange_id()) == sent.exchange_id()) answered = true;
  }
  EXPECT_TRUE(answered);
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

TEST_F(AttachmentTest, AnUploadGoesOnAfterItsClientBrokeOff) {
  ASSERT_OK(federation_->StartAll());
  BeginCase();
  const std::string bytes = ScanOf(6 * kMebibyte + 4'711);
  const v1::AttachmentManifest manifest = ManifestOf(case_id_, bytes);
  {
    const auto stub = Stub(kInterior);
    const auto context = LongPatience();
    v1::UploadAttachmentResponse response;
    const auto writer = stub->UploadAttachment(context.get(), &response);
    ASSERT_TRUE(WriteBytes(*writer, manifest, bytes, 0, 3 * kMebibyte + kMebibyte / 2));
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    uint64_t offset = 0;
    while (offset < 3 * kMebibyte && absl::Now() < patience) {
      ASSERT_OK_AND_ASSIGN(const v1::QueryUploadResponse known, Query(kInterior, manifest));
      offset = known.offset();
    }
    context->TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  ASSERT_OK_AND_ASSIGN(const v1::QueryUploadResponse known, Query(kInterior, manifest));
  EXPECT_FALSE(known.complete());
  ASSERT_EQ(known.offset(), 3 * kMebibyte);
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, Upload(kInterior, manifest, bytes, known.offset()));
  EXPECT_EQ(held.state(), v1::ATTACHMENT_STATE_HELD);
  ASSERT_OK_AND_ASSIGN(const std::string got, Get(kInterior, held.manifest().attachment_id()));
  EXPECT_EQ(Sha256(got), manifest.sha256());
  EXPECT_EQ(List(kInterior).size(), 1u);
}

TEST_F(AttachmentTest, AHundredMebibytesCrossInConstantMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what a sanitizer keeps is not what a node needs";
#endif
  ASSERT_OK(federation_->StartAll());
  BeginCase();
  // What a node builds up once, for however little.
  const std::string little = ScanOf(3 * kMebibyte);
  ASSERT_OK_AND_ASSIGN(const v1::Attachment first, Upload(kInterior, ManifestOf(case_id_, little), little));
  ASSERT_OK(Send(kInterior, first.manifest().attachment_id()));
  ASSERT_EQ(Settled(kInterior, first.manifest().attachment_id()).state(), v1::ATTACHMENT_STATE_DELIVERED);
  const uint64_t here = MostMemoryOf(federation_->node(kInterior));
  const uint64_t there = MostMemoryOf(federation_->node(kKyrgyz));

  // No type that libmagic knows, as the formats of fingerprints are.
  std::string bytes(100 * kMebibyte, '\xff');
  for (size_t at = 0; at < bytes.size(); at += kMebibyte / 4) bytes.replace(at, 8, absl::StrFormat("%08x", at));
  bytes.replace(0, 8, std::string("\xff\xa0\xff\xa4\0:\x09\x07", 8));
  v1::AttachmentManifest manifest = ManifestOf(case_id_, bytes);
  manifest.set_kind(v1::ATTACHMENT_KIND_FINGERPRINTS);
  manifest.set_media_type("application/octet-stream");
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, Upload(kInterior, manifest, bytes));
  ASSERT_OK(Send(kInterior, held.manifest().attachment_id()));
  const v1::Attachment sent = Settled(kInterior, held.manifest().attachment_id());
  ASSERT_EQ(sent.state(), v1::ATTACHMENT_STATE_DELIVERED) << sent.reason();
  EXPECT_LT(MostMemoryOf(federation_->node(kInterior)) - here, 64 * kMebibyte);
  EXPECT_LT(MostMemoryOf(federation_->node(kKyrgyz)) - there, 64 * kMebibyte);
}

TEST_F(AttachmentTest, WhatTheTreatyDoesNotLetCrossIsRefusedWithItsArticle) {
  ASSERT_OK(federation_->StartAll());
  BeginCase();
  const auto by_treaty = AllOf(HasSubstr("READMISSION-KAZ-KGZ"), HasSubstr("12"));
  const v1::AttachmentManifest scan = ManifestOf(case_id_, ScanOf(1'000));
  const auto refusal = [&](const v1::AttachmentManifest& manifest) { return Query(kInterior, manifest).status(); };

  v1::AttachmentManifest manifest = scan;
  manifest.set_media_type("text/html");
  EXPECT_THAT(refusal(manifest), HasReason("ATTACHMENT_NOT_ALLOWED"));
  EXPECT_THAT(std::string(refusal(manifest).message()), by_treaty);
  manifest = scan;
  manifest.set_kind(v1::ATTACHMENT_KIND_PHOTOGRAPH);  // a PDF is none
  EXPECT_THAT(refusal(manifest), HasReason("ATTACHMENT_NOT_ALLOWED"));
  EXPECT_THAT(std::string(refusal(manifest).message()), by_treaty);
  manifest = scan;
  manifest.set_size(50 * kMebibyte + 1);
  EXPECT_THAT(refusal(manifest), HasReason("TOO_LARGE"));
  EXPECT_THAT(std::string(refusal(manifest).message()), by_treaty);
  manifest = scan;
  manifest.set_size(attachment::kMostBytes + 1);
  EXPECT_THAT(refusal(manifest), HasReason("TOO_LARGE"));
  manifest = scan;
  manifest.clear_kind();
  EXPECT_THAT(refusal(manifest), HasReason("INVALID_FIELD"));

  // Nor do bytes cross that are something else than they are said to be.
  const std::string html = "<!DOCTYPE html><html><body>hello</body></html>";
  EXPECT_THAT(Upload(kInterior, ManifestOf(case_id_, html), html).status(), HasReason("TYPE_MISMATCH"));
  v1::AttachmentManifest lying = ManifestOf(case_id_, ScanOf(1'000));
  lying.set_sha256(std::string(32, 'x'));
  EXPECT_THAT(Upload(kInterior, lying, ScanOf(1'000)).status(), HasReason("HASH_MISMATCH"));
  EXPECT_THAT(List(kInterior), IsEmpty());
}

TEST_F(AttachmentTest, WhatTheScannerFindsIsGone) {
  const std::string socket = federation_->folder(kKyrgyz) + "/clamd";
  const attachment::TestClamd clamd(socket, [](const std::string& bytes) {
    return absl::StrContains(bytes, "HARMFUL") ? "stream: Harmful-Test-Signature FOUND" : "stream: OK";
  });
  v1::NodeConfig config = federation_->config(kKyrgyz);
  config.mutable_attachments()->set_scanner_socket("clamd");
  ASSERT_OK(federation_->Reconfigure(kKyrgyz, config));
  ASSERT_OK(federation_->StartAll());
  BeginCase();
  const std::string bytes = ScanOf(2 * kMebibyte) + "HARMFUL";

  // Of the own agency's.
  EXPECT_THAT(Upload(kKyrgyz, ManifestOf(case_id_, bytes), bytes).status(), HasReason("INFECTED"));
  EXPECT_THAT(List(kKyrgyz), IsEmpty());
  EXPECT_OK(Upload(kKyrgyz, ManifestOf(case_id_, ScanOf(1'000)), ScanOf(1'000)).status());

  // Of a partner that has no scanner.
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, Upload(kInterior, ManifestOf(case_id_, bytes), bytes));
  const std::string attachment_id = held.manifest().attachment_id();
  ASSERT_OK(Send(kInterior, attachment_id));
  const v1::Attachment refused = Settled(kInterior, attachment_id);
  EXPECT_EQ(refused.state(), v1::ATTACHMENT_STATE_NOT_DELIVERED);
  EXPECT_EQ(refused.reason(), "INFECTED");
  EXPECT_THAT(Get(kKyrgyz, attachment_id).status(), HasReason("ATTACHMENT_ERASED"));
}

TEST_F(AttachmentTest, OfACaseOnHoldNothingIsSent) {
  ASSERT_OK(federation_->StartAll());
  BeginCase();
  const std::string bytes = ScanOf(10'000);
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, Upload(kInterior, ManifestOf(case_id_, bytes), bytes));
  v1::ActOnReadmissionCaseRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
  request.mutable_step()->set_case_id(case_id_);
  request.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_HOLD);
  request.mutable_step()->set_hold_code(v1::HOLD_CODE_COURT);
  v1::ActOnReadmissionCaseResponse response;
  const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
  ASSERT_OK(exchange::FromGrpc(desk->ActOnReadmissionCase(Patience().get(), request, &response)));
  EXPECT_THAT(Send(kInterior, held.manifest().attachment_id()), HasReason("CASE_ON_HOLD"));
  EXPECT_THAT(List(kKyrgyz), IsEmpty());
}

}  // namespace
}  // namespace tamga::testing
