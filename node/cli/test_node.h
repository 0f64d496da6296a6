// For tests: a node's gRPC server with scripted services, and the certificates to call it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "certs/current_trust.h"
#include "grpcpp/server.h"
#include "node/cli/test_cli.h"
#include "node/cli/test_log.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/approval_service.grpc.pb.h"
#include "tamga/v1/attachment_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/safeguard_service.grpc.pb.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"
#include "tamga/v1/transit_service.grpc.pb.h"
#include "tamga/v1/treaty_service.grpc.pb.h"
#include "tamga/v1/trust_service.grpc.pb.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {

// Answers with `status`, or with a fixed response.
class ScriptedAdmin final : public v1::AdminService::Service {
 public:
  absl::Status status;
  v1::ListDecisionsResponse decisions;  // listed one a page
  v1::ListTreatiesResponse treaties;

 private:
  grpc::Status ListTreaties(grpc::ServerContext* context, const v1::ListTreatiesRequest* request,
                            v1::ListTreatiesResponse* response) override;
  grpc::Status ListDecisions(grpc::ServerContext* context, const v1::ListDecisionsRequest* request,
                             v1::ListDecisionsResponse* response) override;
  grpc::Status GetNodeStatus(grpc::ServerContext* context, const v1::GetNodeStatusRequest* request,
                             v1::GetNodeStatusResponse* response) override;
  grpc::Status GetMetrics(grpc::ServerContext* context, const v1::GetMetricsRequest* request,
                          v1::GetMetricsResponse* response) override;
};

// Remembers what it is given.
class RecordingWatchlist final : public v1::WatchlistService::Service {
 public:
  std::vector<v1::ImportAlertsRequest> imported;
  v1::CheckTravellerRequest checked;

 private:
  grpc::Status ImportAlerts(grpc::ServerContext* context, grpc::ServerReader<v1::ImportAlertsRequest>* reader,
                            v1::ImportAlertsResponse* response) override;
  grpc::Status CheckTraveller(grpc::ServerContext* context, const v1::CheckTravellerRequest* request,
                              v1::CheckTravellerResponse* response) override;
};

// Holds one attachment of the bytes "whole scan", and remembers what it is given.
class ScriptedAttachments final : public v1::AttachmentService::Service {
 public:
  uint64_t known_bytes = 0;  // of an upload
  bool is_complete = false;  // before anything is uploaded
  std::string to_be_fetched = "whole scan";
  v1::UploadAttachmentRequest began;  // the first message
  std::string uploaded;
  uint64_t uploaded_from = 0;
  v1::SendAttachmentRequest sent;
  v1::GetAttachmentRequest fetched;

 private:
  grpc::Status QueryUpload(grpc::ServerContext* context, const v1::QueryUploadRequest* request,
                           v1::QueryUploadResponse* response) override;
  grpc::Status UploadAttachment(grpc::ServerContext* context, grpc::ServerReader<v1::UploadAttachmentRequest>* reader,
                                v1::UploadAttachmentResponse* response) override;
  grpc::Status SendAttachment(grpc::ServerContext* context, const v1::SendAttachmentRequest* request,
                              v1::SendAttachmentResponse* response) override;
  grpc::Status GetAttachment(grpc::ServerContext* context, const v1::GetAttachmentRequest* request,
                             grpc::ServerWriter<v1::GetAttachmentResponse>* writer) override;
  grpc::Status ListAttachments(grpc::ServerContext* context, const v1::ListAttachmentsRequest* request,
                               v1::ListAttachmentsResponse* response) override;
};

// Holds the cases "case-1" to "case-3", lists one a page, and remembers what it is given.
class ScriptedReadmission final : public v1::ReadmissionService::Service {
 public:
  v1::ReadmissionCase what_there_is;  // about each case that is shown or acted on
  v1::SubmitReadmissionRequest submitted;
  v1::ActOnReadmissionCaseRequest acted;
  bool overtakes = false;                  // each step
  v1::ListReadmissionCasesRequest listed;  // what was asked for last
  v1::ReadmissionCase what_is_listed;      // about each case
  v1::WatchReadmissionCasesRequest watched;
  std::vector<v1::WatchReadmissionCasesResponse> changes;
  v1::PrintReadmissionFormRequest printed;

 private:
  grpc::Status SubmitReadmission(grpc::ServerContext* context, const v1::SubmitReadmissionRequest* request,
                                 v1::SubmitReadmissionResponse* response) override;
  grpc::Status ActOnReadmissionCase(grpc::ServerContext* context, const v1::ActOnReadmissionCaseRequest* request,
                                    v1::ActOnReadmissionCaseResponse* response) override;
  grpc::Status GetReadmissionCase(grpc::ServerContext* context, const v1::GetReadmissionCaseRequest* request,
                                  v1::GetReadmissionCaseResponse* response) override;
  grpc::Status ListReadmissionCases(grpc::ServerContext* context, const v1::ListReadmissionCasesRequest* request,
                                    v1::ListReadmissionCasesResponse* response) override;
  grpc::Status WatchReadmissionCases(grpc::ServerContext* context, const v1::WatchReadmissionCasesRequest* request,
                                     grpc::ServerWriter<v1::WatchReadmissionCasesResponse>* writer) override;
  grpc::Status PrintReadmissionForm(grpc::ServerContext* context, const v1::PrintReadmissionFormRequest* request,
                                    v1::PrintReadmissionFormResponse* response) override;
};

// The same for transits.
class ScriptedTransits final : public v1::TransitService::Service {
 public:
  v1::TransitCase what_there_is;  // about each case that is shown or acted on
  v1::SubmitTransitRequest submitted;
  v1::ActOnTransitRequest acted;
  bool overtakes = false;  // each step

 private:
  grpc::Status SubmitTransit(grpc::ServerContext* context, const v1::SubmitTransitRequest* request,
                             v1::SubmitTransitResponse* response) override;
  grpc::Status ActOnTransit(grpc::ServerContext* context, const v1::ActOnTransitRequest* request,
                            v1::ActOnTransitResponse* response) override;
  grpc::Status GetTransit(grpc::ServerContext* context, const v1::GetTransitRequest* request,
                          v1::GetTransitResponse* response) override;
  grpc::Status ListTransits(grpc::ServerContext* context, const v1::ListTransitsRequest* request,
                            v1::ListTransitsResponse* response) override;
};

// Holds the cases "case-1" to "case-3" and lists one a page.
class ThreeTraffickingCases final : public v1::TraffickingService::Service {
  grpc::Status GetTraffickingCase(grpc::ServerContext* context, const v1::GetTraffickingCaseRequest* request,
                                  v1::GetTraffickingCaseResponse* response) override;
  grpc::Status ListTraffickingCases(grpc::ServerContext* context, const v1::ListTraffickingCasesRequest* request,
                                    v1::ListTraffickingCasesResponse* response) override;
};

// Remembers what it is given; lists one safeguard a page, of two.
class ScriptedSafeguards final : public v1::SafeguardService::Service {
 public:
  v1::SetSafeguardRequest set;
  v1::AskReleaseRequest asked;
  v1::ReleaseSafeguardRequest released;

 private:
  grpc::Status SetSafeguard(grpc::ServerContext* context, const v1::SetSafeguardRequest* request,
                            v1::SetSafeguardResponse* response) override;
  grpc::Status GetSafeguard(grpc::ServerContext* context, const v1::GetSafeguardRequest* request,
                            v1::GetSafeguardResponse* response) override;
  grpc::Status ListSafeguards(grpc::ServerContext* context, const v1::ListSafeguardsRequest* request,
                              v1::ListSafeguardsResponse* response) override;
  grpc::Status AskRelease(grpc::ServerContext* context, const v1::AskReleaseRequest* request,
                          v1::AskReleaseResponse* response) override;
  grpc::Status ReleaseSafeguard(grpc::ServerContext* context, const v1::ReleaseSafeguardRequest* request,
                                v1::ReleaseSafeguardResponse* response) override;
};

// Lists one request a page, the second and last of which it lets be approved.
class TwoApprovals final : public v1::ApprovalService::Service {
  grpc::Status ListApprovals(grpc::ServerContext* context, const v1::ListApprovalsRequest* request,
                             v1::ListApprovalsResponse* response) override;
  grpc::Status ApproveRequest(grpc::ServerContext* context, const v1::ApproveRequestRequest* request,
                              v1::ApproveRequestResponse* response) override;
};

// Says that everything is in order, whatever the log is, and proves what is asked of it in the log as it is then.
class ComplacentAudit final : public v1::AuditService::Service {
 public:
  TestLog log;
  v1::ListEntriesRequest listed;     // what was asked for last
  v1::GetStatisticsRequest counted;  // the same
  v1::GetStatisticsResponse counts;  // what it answers
  v1::ListEntriesResponse list;      // one page, the same whatever the page token
  v1::TailEntriesRequest tailed;     // what was asked for last; its entries are those of `list`
  bool tail_goes_on = false;         // after that, until the caller is gone
  v1::ReconcileResponse comparison;  // what it answers
  int compared = 0;                  // how often
  v1::GetEvidenceResponse evidence;  // what it answers
  v1::OpenMessageResponse opening;   // the same
  int opened = 0;                    // how often

  // May spoil a proof before it is sent.
  std::function<void(v1::ProveInclusionResponse&)> spoil = [](v1::ProveInclusionResponse&) {};
  std::function<void(v1::ProveConsistencyResponse&)> spoil_growth = [](v1::ProveConsistencyResponse&) {};
  // May spoil the verdict, or do something to the log after it.
  std::function<void(v1::VerifyVerdict&)> spoil_verdict = [](v1::VerifyVerdict&) {};
  absl::Status refusal;  // of all inclusion proofs, unless OK
  // May spoil a tile before it is sent, or do something to the log.
  std::function<void(const std::string& path, std::string& content)> spoil_tile = [](const auto&, auto&) {};
  absl::Status tile_refusal;            // of all tiles, unless OK
  std::vector<std::string> tiles_sent;  // their paths

 private:
  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status GetStatistics(grpc::ServerContext* context, const v1::GetStatisticsRequest* request,
                             v1::GetStatisticsResponse* response) override;
  grpc::Status GetCheckpoint(grpc::ServerContext* context, const v1::GetCheckpointRequest* request,
                             v1::GetCheckpointResponse* response) override;
  grpc::Status ProveInclusion(grpc::ServerContext* context, const v1::ProveInclusionRequest* request,
                              v1::ProveInclusionResponse* response) override;
  grpc::Status ProveConsistency(grpc::ServerContext* context, const v1::ProveConsistencyRequest* request,
                                v1::ProveConsistencyResponse* response) override;
  // No more than three at once.
  grpc::Status GetTiles(grpc::ServerContext* context, const v1::GetTilesRequest* request,
                        v1::GetTilesResponse* response) override;
  grpc::Status TailEntries(grpc::ServerContext* context, const v1::TailEntriesRequest* request,
                           grpc::ServerWriter<v1::TailEntriesResponse>* writer) override;
  grpc::Status Reconcile(grpc::ServerContext* context, const v1::ReconcileRequest* request,
                         v1::ReconcileResponse* response) override;
  grpc::Status GetEvidence(grpc::ServerContext* context, const v1::GetEvidenceRequest* request,
                           v1::GetEvidenceResponse* response) override;
  grpc::Status OpenMessage(grpc::ServerContext* context, const v1::OpenMessageRequest* request,
                           v1::OpenMessageResponse* response) override;
  grpc::Status VerifyLog(grpc::ServerContext* context, const v1::VerifyLogRequest* request,
                         grpc::ServerWriter<v1::VerifyLogResponse>* writer) override;
};

// Holds one bundle and remembers what it is given; one of its partners refuses everything.
class ScriptedTreatyOffice final : public v1::TreatyService::Service {
 public:
  v1::TreatyBundle held;
  std::vector<v1::TreatyOffice> offices;
  std::vector<v1::PublishTreatiesRequest> published;
  v1::FetchTreatiesRequest fetched;

 private:
  grpc::Status PublishTreaties(grpc::ServerContext* context, const v1::PublishTreatiesRequest* request,
                               v1::PublishTreatiesResponse* response) override;
  grpc::Status FetchTreaties(grpc::ServerContext* context, const v1::FetchTreatiesRequest* request,
                             v1::FetchTreatiesResponse* response) override;
  grpc::Status GetTreatyBundle(grpc::ServerContext* context, const v1::GetTreatyBundleRequest* request,
                               v1::GetTreatyBundleResponse* response) override;
};

// Shows `witnessing`, and remembers what it is to settle.
class ScriptedWitness final : public v1::WitnessService::Service {
 public:
  v1::GetWitnessingResponse witnessing;
  v1::SettleContradictionRequest settled;

 private:
  grpc::Status GetWitnessing(grpc::ServerContext* context, const v1::GetWitnessingRequest* request,
                             v1::GetWitnessingResponse* response) override;
  grpc::Status SettleContradiction(grpc::ServerContext* context, const v1::SettleContradictionRequest* request,
                                   v1::SettleContradictionResponse* response) override;
};

// Shows `trust`.
class ScriptedTrust final : public v1::TrustService::Service {
 public:
  v1::GetTrustResponse trust;

 private:
  grpc::Status GetTrust(grpc::ServerContext* context, const v1::GetTrustRequest* request,
                        v1::GetTrustResponse* response) override;
};

class NodeTest : public CliTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs the command line as lane-7 of KAZ/border-service.
  int RunAsCaller(std::vector<std::string> arguments);

  std::string address_;
  ScriptedAdmin admin_;
  RecordingWatchlist watchlist_;
  ComplacentAudit audit_;
  TwoApprovals approvals_;
  ScriptedAttachments attachments_;
  ScriptedReadmission readmission_;
  ScriptedTransits transits_;
  ThreeTraffickingCases trafficking_;
  ScriptedSafeguards safeguards_;
  ScriptedTreatyOffice treaties_;
  ScriptedWitness witness_;
  ScriptedTrust trusting_;

 private:
  std::unique_ptr<certs::CurrentTrust> trust_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace tamga::cli
