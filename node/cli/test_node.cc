#include "node/cli/test_node.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "grpcpp/server_builder.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/tls.h"
#include "node/ledger/checkpoint.h"

namespace tamga::cli {
namespace {

// One case: the first, or the one that the last page's token names.
template <typename Request, typename Response>
void AddPageOfOneCase(const Request& request, Response* response) {
  const int number = request.page_token().empty() ? 1 : std::stoi(request.page_token());
  response->add_cases()->set_case_id(absl::StrCat("case-", number));
  if (number < 3) response->set_next_page_token(absl::StrCat(number + 1));
}

// The case that was asked for, and the file for which, if the request says so.
template <typename Request>
std::string CaseShown(const Request& request) {
  return request.has_context() ? absl::StrCat(request.case_id(), " for ", request.context().case_reference())
                               : request.case_id();
}

}  // namespace

grpc::Status ScriptedAdmin::GetNodeStatus(grpc::ServerContext* /*context*/, const v1::GetNodeStatusRequest* /*request*/,
                                          v1::GetNodeStatusResponse* response) {
  response->set_agency("KAZ/border-service");
  v1::PartnerStatus& partner = *response->add_partners();
  partner.set_agency("KGZ/interior-ministry");
  partner.set_outbox(3);
  v1::CertificateStatus& certificate = *response->add_certificates();
  certificate.set_what("tls");
  certificate.set_subject("spiffe://kaz.tamga/border-service/node/main");
  certificate.mutable_expires_at()->set_seconds(1'795'000'000);
  certificate.set_level(v1::EXPIRY_LEVEL_ALARM);
  v1::CertificateStatus& root = *response->add_certificates();
  root.set_what("root");
  root.set_subject("KGZ");
  root.mutable_expires_at()->set_seconds(1'795'000'000);
  root.set_level(v1::EXPIRY_LEVEL_WARNING);
  root.set_by_act(true);
  return exchange::ToGrpc(status);
}

grpc::Status ScriptedAdmin::GetMetrics(grpc::ServerContext* /*context*/, const v1::GetMetricsRequest* /*request*/,
                                       v1::GetMetricsResponse* response) {
  response->set_text("tamga_log_entries 17\n");
  return exchange::ToGrpc(status);
}

grpc::Status ScriptedAdmin::ListTreaties(grpc::ServerContext* /*context*/, const v1::ListTreatiesRequest* /*request*/,
                                         v1::ListTreatiesResponse* response) {
  *response = treaties;
  return grpc::Status::OK;
}

grpc::Status ScriptedAdmin::ListDecisions(grpc::ServerContext* /*context*/, const v1::ListDecisionsRequest* request,
                                          v1::ListDecisionsResponse* response) {
  const int next = static_cast<int>(request->page_token().size());
  if (next < decisions.decisions_size()) *response->add_decisions() = decisions.decisions(next);
  if (next + 1 < decisions.decisions_size())
    response->set_next_page_token(std::string(static_cast<size_t>(next) + 1, 'p'));
  if (next == 0) *response->mutable_unavailable() = decisions.unavailable();
  return grpc::Status::OK;
}

grpc::Status RecordingWatchlist::ImportAlerts(grpc::ServerContext* /*context*/,
                                              grpc::ServerReader<v1::ImportAlertsRequest>* reader,
                                              v1::ImportAlertsResponse* response) {
  v1::ImportAlertsRequest request;
  while (reader->Read(&request)) {
    imported.push_back(request);
    response->set_created(response->created() + static_cast<uint64_t>(request.alerts_size()));
  }
  return grpc::Status::OK;
}

grpc::Status RecordingWatchlist::CheckTraveller(grpc::ServerContext* /*context*/,
                                                const v1::CheckTravellerRequest* request,
                                                v1::CheckTravellerResponse* response) {
  checked = *request;
  response->set_advice(v1::ADVICE_STOP);
  v1::SourceAnswer& answer = *response->add_sources();
  answer.set_source("KGZ/interior-ministry");
  answer.set_status(v1::SOURCE_STATUS_HIT);
  answer.add_candidates()->mutable_alert()->set_alert_id("KG-7");
  v1::SourceAnswer& silent = *response->add_sources();
  silent.set_source("UZB/police");
  silent.set_status(v1::SOURCE_STATUS_NOT_DISCLOSED);
  silent.set_explanation("nothing is disclosed");
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::SubmitReadmission(grpc::ServerContext* /*context*/,
                                                    const v1::SubmitReadmissionRequest* request,
                                                    v1::SubmitReadmissionResponse* response) {
  submitted = *request;
  *response->mutable_case_() = what_there_is;
  response->mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_DELIVERED);
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::ActOnReadmissionCase(grpc::ServerContext* /*context*/,
                                                       const v1::ActOnReadmissionCaseRequest* request,
                                                       v1::ActOnReadmissionCaseResponse* response) {
  acted = *request;
  *response->mutable_case_() = what_there_is;
  response->mutable_case_()->set_case_id(request->step().case_id());
  response->mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_QUEUED);
  response->set_overtaken(overtakes);
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::GetReadmissionCase(grpc::ServerContext* /*context*/,
                                                     const v1::GetReadmissionCaseRequest* request,
                                                     v1::GetReadmissionCaseResponse* response) {
  *response->mutable_case_() = what_there_is;
  response->mutable_case_()->set_case_id(CaseShown(*request));
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::ListReadmissionCases(grpc::ServerContext* /*context*/,
                                                       const v1::ListReadmissionCasesRequest* request,
                                                       v1::ListReadmissionCasesResponse* response) {
  listed = *request;
  AddPageOfOneCase(*request, response);
  response->mutable_cases(0)->MergeFrom(what_is_listed);
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::WatchReadmissionCases(grpc::ServerContext* /*context*/,
                                                        const v1::WatchReadmissionCasesRequest* request,
                                                        grpc::ServerWriter<v1::WatchReadmissionCasesResponse>* writer) {
  watched = *request;
  for (const v1::WatchReadmissionCasesResponse& change : changes) writer->Write(change);
  return grpc::Status::OK;
}

grpc::Status ScriptedReadmission::PrintReadmissionForm(grpc::ServerContext* /*context*/,
                                                       const v1::PrintReadmissionFormRequest* request,
                                                       v1::PrintReadmissionFormResponse* response) {
  printed = *request;
  response->set_media_type("application/pdf");
  response->set_document("%PDF-1.7 of the form");
  return grpc::Status::OK;
}

grpc::Status ScriptedTransits::SubmitTransit(grpc::ServerContext* /*context*/, const v1::SubmitTransitRequest* request,
                                             v1::SubmitTransitResponse* response) {
  submitted = *request;
  *response->mutable_case_() = what_there_is;
  response->mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_DELIVERED);
  return grpc::Status::OK;
}

grpc::Status ScriptedTransits::ActOnTransit(grpc::ServerContext* /*context*/, const v1::ActOnTransitRequest* request,
                                            v1::ActOnTransitResponse* response) {
  acted = *request;
  *response->mutable_case_() = what_there_is;
  response->mutable_case_()->set_case_id(request->step().case_id());
  response->mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_QUEUED);
  response->set_overtaken(overtakes);
  return grpc::Status::OK;
}

grpc::Status ScriptedTransits::GetTransit(grpc::ServerContext* /*context*/, const v1::GetTransitRequest* request,
                                          v1::GetTransitResponse* response) {
  *response->mutable_case_() = what_there_is;
  response->mutable_case_()->set_case_id(CaseShown(*request));
  return grpc::Status::OK;
}

grpc::Status ScriptedTransits::ListTransits(grpc::ServerContext* /*context*/, const v1::ListTransitsRequest* request,
                                            v1::ListTransitsResponse* response) {
  AddPageOfOneCase(*request, response);
  return grpc::Status::OK;
}

grpc::Status ThreeTraffickingCases::GetTraffickingCase(grpc::ServerContext* /*context*/,
                                                       const v1::GetTraffickingCaseRequest* request,
                                                       v1::GetTraffickingCaseResponse* response) {
  response->mutable_case_()->set_case_id(CaseShown(*request));
  return grpc::Status::OK;
}

grpc::Status ThreeTraffickingCases::ListTraffickingCases(grpc::ServerContext* /*context*/,
                                                         const v1::ListTraffickingCasesRequest* request,
                                                         v1::ListTraffickingCasesResponse* response) {
  AddPageOfOneCase(*request, response);
  return grpc::Status::OK;
}

grpc::Status ScriptedSafeguards::SetSafeguard(grpc::ServerContext* /*context*/, const v1::SetSafeguardRequest* request,
                                              v1::SetSafeguardResponse* response) {
  set = *request;
  response->mutable_safeguard()->set_safeguard_id("safeguard-1");
  *response->mutable_case_ids() = request->person().case_ids();
  return grpc::Status::OK;
}

grpc::Status ScriptedSafeguards::GetSafeguard(grpc::ServerContext* /*context*/, const v1::GetSafeguardRequest* request,
                                              v1::GetSafeguardResponse* response) {
  response->mutable_safeguard()->set_safeguard_id(request->safeguard_id());
  response->mutable_safeguard()->set_ground(v1::SAFEGUARD_GROUND_MEDICAL_HOLD);
  return grpc::Status::OK;
}

grpc::Status ScriptedSafeguards::ListSafeguards(grpc::ServerContext* /*context*/,
                                                const v1::ListSafeguardsRequest* request,
                                                v1::ListSafeguardsResponse* response) {
  const bool is_first = request->page_token().empty();
  v1::Safeguard& safeguard = *response->add_safeguards();
  safeguard.set_safeguard_id(is_first ? "safeguard-1" : "safeguard-2");
  safeguard.set_ground(v1::SAFEGUARD_GROUND_ASYLUM_CLAIM);
  safeguard.set_state(request->state());
  if (is_first) response->set_next_page_token("2");
  return grpc::Status::OK;
}

grpc::Status ScriptedSafeguards::AskRelease(grpc::ServerContext* /*context*/, const v1::AskReleaseRequest* request,
                                            v1::AskReleaseResponse* response) {
  asked = *request;
  response->mutable_safeguard()->set_state(v1::SAFEGUARD_STATE_RELEASE_ASKED);
  return grpc::Status::OK;
}

grpc::Status ScriptedSafeguards::ReleaseSafeguard(grpc::ServerContext* /*context*/,
                                                  const v1::ReleaseSafeguardRequest* request,
                                                  v1::ReleaseSafeguardResponse* response) {
  released = *request;
  response->mutable_safeguard()->set_state(v1::SAFEGUARD_STATE_RELEASED);
  return grpc::Status::OK;
}

grpc::Status TwoApprovals::ListApprovals(grpc::ServerContext* /*context*/, const v1::ListApprovalsRequest* request,
                                         v1::ListApprovalsResponse* response) {
  const bool is_first = request->page_token().empty();
  v1::PendingApproval& approval = *response->add_approvals();
  approval.set_request_sha256(std::string(32, is_first ? '\x11' : '\x22'));
  approval.set_case_reference(is_first ? "CASE-1" : "CASE-2");
  approval.set_operation(v1::OPERATION_TRAFFICKING_SHARE);
  approval.set_needed(2);
  approval.add_approved_by("spiffe://kaz.tamga/border-service/officer/aliya");
  if (is_first) response->set_next_page_token("2");
  return grpc::Status::OK;
}

grpc::Status TwoApprovals::ApproveRequest(grpc::ServerContext* /*context*/, const v1::ApproveRequestRequest* request,
                                          v1::ApproveRequestResponse* response) {
  if (request->request_sha256() != std::string(32, '\x22')) {
    return exchange::ToGrpc(Error(absl::StatusCode::kNotFound, "APPROVAL_UNKNOWN", "no such request waits"));
  }
  response->mutable_approval()->set_needed(1);
  response->mutable_approval()->add_approved_by("spiffe://kaz.tamga/border-service/officer/aliya");
  response->mutable_own_log()->set_index(17);
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::ListEntries(grpc::ServerContext* /*context*/, const v1::ListEntriesRequest* request,
                                          v1::ListEntriesResponse* response) {
  listed = *request;
  *response = list;
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::GetStatistics(grpc::ServerContext* /*context*/, const v1::GetStatisticsRequest* request,
                                            v1::GetStatisticsResponse* response) {
  counted = *request;
  *response = counts;
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::GetCheckpoint(grpc::ServerContext* /*context*/,
                                            const v1::GetCheckpointRequest* /*request*/,
                                            v1::GetCheckpointResponse* response) {
  response->set_checkpoint(log.Checkpoint(log.size()));
  response->set_vkey(ledger::FormatVkey(log.key()));
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::ProveInclusion(grpc::ServerContext* /*context*/, const v1::ProveInclusionRequest* request,
                                             v1::ProveInclusionResponse* response) {
  if (request->index() >= log.size()) return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such entry");
  if (!refusal.ok()) return exchange::ToGrpc(refusal);
  *response = log.ProveInclusion(request->index(), request->tree_size());
  spoil(*response);
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::ProveConsistency(grpc::ServerContext* /*context*/,
                                               const v1::ProveConsistencyRequest* request,
                                               v1::ProveConsistencyResponse* response) {
  if (request->old_size() > log.size() || request->new_size() > log.size()) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no such size");
  }
  *response = log.ProveConsistency(request->old_size(), request->new_size());
  spoil_growth(*response);
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::GetTiles(grpc::ServerContext* /*context*/, const v1::GetTilesRequest* request,
                                       v1::GetTilesResponse* response) {
  if (!tile_refusal.ok()) return exchange::ToGrpc(tile_refusal);
  for (int i = 0; i < std::min(request->paths_size(), 3); ++i) {
    const auto path = ledger::ParseTilePath("paths", request->paths(i));
    if (!path.ok()) return exchange::ToGrpc(path.status());
    absl::StatusOr<std::string> content = log.Tile(*path);
    if (!content.ok()) return exchange::ToGrpc(content.status());
    spoil_tile(request->paths(i), *content);
    tiles_sent.push_back(request->paths(i));
    response->add_contents(*content);
  }
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::TailEntries(grpc::ServerContext* context, const v1::TailEntriesRequest* request,
                                          grpc::ServerWriter<v1::TailEntriesResponse>* writer) {
  tailed = *request;
  for (const v1::IndexedEntry& entry : list.entries()) {
    v1::TailEntriesResponse response;
    *response.mutable_entry() = entry;
    writer->Write(response);
  }
  while (tail_goes_on && !context->IsCancelled()) {
    v1::TailEntriesResponse response;
    writer->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::Reconcile(grpc::ServerContext* /*context*/, const v1::ReconcileRequest* /*request*/,
                                        v1::ReconcileResponse* response) {
  ++compared;
  *response = comparison;
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::GetEvidence(grpc::ServerContext* /*context*/, const v1::GetEvidenceRequest* /*request*/,
                                          v1::GetEvidenceResponse* response) {
  *response = evidence;
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::OpenMessage(grpc::ServerContext* /*context*/, const v1::OpenMessageRequest* /*request*/,
                                          v1::OpenMessageResponse* response) {
  ++opened;
  *response = opening;
  return grpc::Status::OK;
}

grpc::Status ComplacentAudit::VerifyLog(grpc::ServerContext* /*context*/, const v1::VerifyLogRequest* /*request*/,
                                        grpc::ServerWriter<v1::VerifyLogResponse>* writer) {
  v1::VerifyLogResponse response;
  response.set_entries_total(log.size());
  writer->Write(response);
  response.set_entries_checked(log.size());
  v1::VerifyVerdict& verdict = *response.mutable_verdict();
  verdict.set_intact(true);
  const auto checkpoint = ledger::OpenCheckpoint(log.Checkpoint(log.size()), log.key(), certs::VerifyEd25519);
  verdict.set_checkpoint_size(checkpoint->size);
  verdict.set_root(std::string(checkpoint->root.bytes()));
  spoil_verdict(verdict);
  writer->Write(response);
  return grpc::Status::OK;
}

grpc::Status ScriptedTreatyOffice::PublishTreaties(grpc::ServerContext* /*context*/,
                                                   const v1::PublishTreatiesRequest* request,
                                                   v1::PublishTreatiesResponse* response) {
  published.push_back(*request);
  response->set_taken_over(1);
  response->add_findings("act 1 of KAZ: has no effect");
  v1::TreatyDelivery& delivery = *response->add_deliveries();
  delivery.set_partner("KGZ/interior-ministry");
  delivery.mutable_exchange()->set_delivery_state(v1::DELIVERY_STATE_REFUSED);
  delivery.set_reason("REGISTER_GAP");
  delivery.set_explanation("acts are missing");
  return grpc::Status::OK;
}

grpc::Status ScriptedTreatyOffice::FetchTreaties(grpc::ServerContext* /*context*/,
                                                 const v1::FetchTreatiesRequest* request,
                                                 v1::FetchTreatiesResponse* response) {
  fetched = *request;
  response->set_taken_over(2);
  return grpc::Status::OK;
}

grpc::Status ScriptedTreatyOffice::GetTreatyBundle(grpc::ServerContext* /*context*/,
                                                   const v1::GetTreatyBundleRequest* request,
                                                   v1::GetTreatyBundleResponse* response) {
  if (request->holdings().text_sha256().empty()) {
    *response->mutable_bundle()->mutable_treaties() = held.treaties();
    response->set_more(true);
  } else {
    *response->mutable_bundle()->mutable_acts() = held.acts();
  }
  response->mutable_offices()->Add(offices.begin(), offices.end());
  return grpc::Status::OK;
}

grpc::Status ScriptedWitness::GetWitnessing(grpc::ServerContext* /*context*/,
                                            const v1::GetWitnessingRequest* /*request*/,
                                            v1::GetWitnessingResponse* response) {
  *response = witnessing;
  return grpc::Status::OK;
}

grpc::Status ScriptedWitness::SettleContradiction(grpc::ServerContext* /*context*/,
                                                  const v1::SettleContradictionRequest* request,
                                                  v1::SettleContradictionResponse* response) {
  settled = *request;
  response->mutable_own_log()->set_origin("log.border-service.kaz.tamga");
  response->mutable_own_log()->set_index(17);
  return grpc::Status::OK;
}

grpc::Status ScriptedTrust::GetTrust(grpc::ServerContext* /*context*/, const v1::GetTrustRequest* /*request*/,
                                     v1::GetTrustResponse* response) {
  *response = trust;
  return grpc::Status::OK;
}

void NodeTest::SetUp() {
  MakePki();
  ASSERT_OK_AND_ASSIGN(const std::string root, ReadFile(Path("kaz/root.pem")));
  ASSERT_OK_AND_ASSIGN(certs::TrustStore trust, certs::TrustStore::Build({{"KAZ", root}}));
  trust_ = std::make_unique<certs::CurrentTrust>(std::move(trust));
  exchange::TlsIdentity identity;
  ASSERT_OK_AND_ASSIGN(identity.chain_pem, ReadFile(Path("node/tls.pem")));
  ASSERT_OK_AND_ASSIGN(identity.key_pem, ReadFile(Path("node/tls.key")));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:0", exchange::MakeServerCredentials(identity, *trust_, clock_), &port);
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &admin_, &watchlist_, &audit_, &approvals_, &readmission_, &transits_, &trafficking_, &treaties_, &witness_,
           &trusting_, &safeguards_, &attachments_}) {
    builder.RegisterService(service);
  }
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
  address_ = "127.0.0.1:" + std::to_string(port);
  ASSERT_EQ(Run({"node", "profile", "--out", Path("caller.txtpb"), "--node-agency", "KAZ/border-service", "--address",
                 address_, "--certificate", Path("lane-7/lane-7.pem"), "--key", Path("lane-7/lane-7.key"), "--trust",
                 "KAZ=" + Path("kaz/root.pem")}),
            0)
      << err();
}

grpc::Status ScriptedAttachments::QueryUpload(grpc::ServerContext* /*context*/, const v1::QueryUploadRequest* request,
                                              v1::QueryUploadResponse* response) {
  response->set_offset(known_bytes);
  response->set_complete(is_complete);
  if (is_complete) *response->mutable_attachment()->mutable_manifest() = request->manifest();
  return grpc::Status::OK;
}

grpc::Status ScriptedAttachments::UploadAttachment(grpc::ServerContext* /*context*/,
                                                   grpc::ServerReader<v1::UploadAttachmentRequest>* reader,
                                                   v1::UploadAttachmentResponse* response) {
  v1::UploadAttachmentRequest request;
  while (reader->Read(&request)) {
    if (request.has_manifest()) began = request;
    if (request.data().empty()) continue;
    if (uploaded.empty()) uploaded_from = request.offset();
    uploaded += request.data();
  }
  response->set_offset(uploaded_from + uploaded.size());
  response->set_complete(response->offset() == began.manifest().size());
  *response->mutable_attachment()->mutable_manifest() = began.manifest();
  response->mutable_attachment()->mutable_manifest()->set_attachment_id("attachment-1");
  response->mutable_attachment()->set_state(v1::ATTACHMENT_STATE_HELD);
  return grpc::Status::OK;
}

grpc::Status ScriptedAttachments::SendAttachment(grpc::ServerContext* /*context*/,
                                                 const v1::SendAttachmentRequest* request,
                                                 v1::SendAttachmentResponse* response) {
  sent = *request;
  response->mutable_attachment()->mutable_manifest()->set_attachment_id(request->attachment_id());
  response->mutable_attachment()->set_state(v1::ATTACHMENT_STATE_SENDING);
  return grpc::Status::OK;
}

grpc::Status ScriptedAttachments::GetAttachment(grpc::ServerContext* /*context*/,
                                                const v1::GetAttachmentRequest* request,
                                                grpc::ServerWriter<v1::GetAttachmentResponse>* writer) {
  fetched = *request;
  v1::GetAttachmentResponse response;
  v1::AttachmentManifest& manifest = *response.mutable_attachment()->mutable_manifest();
  manifest.set_attachment_id(request->attachment_id());
  manifest.set_size(std::string("whole scan").size());
  manifest.set_sha256(Sha256("whole scan"));
  writer->Write(response);
  for (size_t at = 0; at < to_be_fetched.size(); at += 4) {
    response.Clear();
    response.set_offset(at);
    response.set_data(to_be_fetched.substr(at, 4));
    writer->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status ScriptedAttachments::ListAttachments(grpc::ServerContext* /*context*/,
                                                  const v1::ListAttachmentsRequest* request,
                                                  v1::ListAttachmentsResponse* response) {
  v1::Attachment& held = *response->add_attachments();
  held.mutable_manifest()->set_case_id(request->case_id());
  held.mutable_manifest()->set_attachment_id("attachment-1");
  held.mutable_manifest()->set_kind(v1::ATTACHMENT_KIND_SCAN);
  held.mutable_manifest()->set_title("passport, page 2");
  held.set_agency("KAZ/border-service");
  held.set_state(v1::ATTACHMENT_STATE_SENDING);
  held.set_offset(1'048'576);
  v1::Attachment& refused = *response->add_attachments();
  refused.mutable_manifest()->set_attachment_id("attachment-2");
  refused.set_state(v1::ATTACHMENT_STATE_NOT_DELIVERED);
  refused.set_reason("INFECTED");
  return grpc::Status::OK;
}

void NodeTest::TearDown() {
  if (server_ != nullptr) server_->Shutdown();
}

int NodeTest::RunAsCaller(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--profile", Path("caller.txtpb")});
  return Run(arguments);
}

}  // namespace tamga::cli
