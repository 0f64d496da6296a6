#include "node/main/layer_edge.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/trust_store.h"
#include "node/approval/approval_rpc.h"
#include "node/audit/admin_rpc.h"
#include "node/audit/audit_rpc.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/courier/courier_rpc.h"
#include "node/exchange/federation_rpc.h"
#include "node/exchange/tls.h"
#include "node/log_server/log_pages.h"
#include "node/main/sd_notify.h"
#include "node/obligation/obligation_rpc.h"
#include "node/readmission/readmission_rpc.h"
#include "node/safeguard/safeguard_rpc.h"
#include "node/trafficking/trafficking_rpc.h"
#include "node/transit/transit_rpc.h"
#include "node/treaty_office/treaty_rpc.h"
#include "node/trust/trust_rpc.h"
#include "node/watchlist/watchlist_rpc.h"
#include "node/witness/witness_rpc.h"

namespace tamga::node {
namespace {

// Auditors ask for what may take long, so they have threads of their own: few, so that they leave the machine to the
// exchanges.
constexpr size_t kAuditThreads = 4;
constexpr size_t kQueuedAuditCalls = 64;

// Streams of attachments, of which each takes the memory of a few blocks, and threads that hash and scan.
constexpr exchange::PlaceLimits kUploadPlaces = {16, 0, 0};
constexpr exchange::PlaceLimits kTransferPlaces = {4, 4, 16};
constexpr size_t kLookers = 4;
constexpr size_t kQueuedLooks = 64;

// Descriptors are what an unauthenticated crowd can use up: raise our limit to what the system allows, of which
// `max_descriptors` is half at most (config_limits.cc).
void RaiseDescriptorLimit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<std::unique_ptr<exchange::Listener>> OpenListener(const v1::NodeConfig& config) {
  RaiseDescriptorLimit();
  return exchange::Listener::Open(config.listen(), {static_cast<int>(config.limits().max_descriptors()),
                                                    config.limits().max_connections_per_address()});
}

}  // namespace

absl::Status EdgeLayer::Serve() {
  ASSIGN_OR_RETURN(listener, OpenListener(setup.config));
  StartWorkers();
  AddServices();
  std::vector<grpc::Service*> borrowed;
  for (const std::unique_ptr<grpc::Service>& service : services) borrowed.push_back(service.get());
  ASSIGN_OR_RETURN(server, Server::Start(setup.config, *listener,
                                         exchange::MakeServerCredentials(tls->provider(), trust, clock), borrowed));
  RETURN_IF_ERROR(ServeLog());
  credentials_watch = std::make_unique<CredentialsWatch>(*credentials, clock);
  helper_watch = std::make_unique<HelperWatch>([this] { return Helpers(); }, clock);
  probe = std::make_unique<SelfProbe>(ListenerWatch::Parts{
      [this] { return ProbeListener(listener->address(), credentials->tls(), kProbePatience); },
      [this](bool serving) { server->SetServing(serving); }, [] { NotifyServiceManager("WATCHDOG=1"); },
      [this] {
        return ListenerWatch::Progress{listener->taken(), server->heartbeats()};
      }});
  return absl::OkStatus();
}

void EdgeLayer::StartWorkers() {
  const v1::Limits& limits = setup.config.limits();
  identity = std::make_unique<exchange::TlsPeerIdentity>(trust, clock);
  list_identity = std::make_unique<exchange::TlsPeerIdentity>(trust, clock, certs::OldLists::kTaken);
  agency_workers = std::make_unique<WorkerPool>(limits.workers(), limits.max_queued_calls());
  partner_workers = std::make_unique<WorkerPool>(limits.workers(), limits.max_queued_calls());
  partner_lanes =
      std::make_unique<exchange::CallLanes>(*partner_workers, limits.max_partner_calls(), limits.max_queued_calls());
  const absl::Duration max_call = absl::Milliseconds(limits.max_call_ms());
  agency_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *agency_workers, max_call});
  partner_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *partner_workers, max_call, nullptr, partner_lanes.get()});
  list_rpc = std::unique_ptr<exchange::RpcContext>(new exchange::RpcContext{
      *list_identity, access, clock, *partner_workers, max_call, nullptr, partner_lanes.get()});
  const std::string state = StateOf(setup.config.agency());
  upload_places = std::make_unique<exchange::CallPlaces>(state, kUploadPlaces);
  transfer_places = std::make_unique<exchange::CallPlaces>(state, kTransferPlaces);
  lookers = std::make_unique<WorkerPool>(kLookers, kQueuedLooks);
  upload_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *agency_workers, max_call, upload_places.get()});
  transfer_rpc = std::unique_ptr<exchange::RpcContext>(new exchange::RpcContext{
      *identity, access, clock, *partner_workers, max_call, transfer_places.get(), partner_lanes.get()});
  audit_workers = std::make_unique<WorkerPool>(kAuditThreads, kQueuedAuditCalls);
  log_verifiers = std::make_unique<WorkerPool>(audit::kMostAudits + 1, kQueuedAuditCalls);
  audit_places = std::make_unique<exchange::CallPlaces>(StateOf(setup.config.agency()), exchange::PlaceLimits{});
  audit_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *audit_workers, max_call, audit_places.get()});
  verify_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *log_verifiers, max_call});
}

void EdgeLayer::AddServices() {
  transfers = std::make_unique<attachment::TransferRpc>(
      attachment::AttachmentWork{*partner_rpc, *transfer_rpc, *lookers}, *attachments);
  services.push_back(std::make_unique<exchange::FederationRpc>(*partner_rpc, *answering, transfers.get()));
  services.push_back(std::make_unique<attachment::AttachmentRpc>(
      attachment::AttachmentWork{*agency_rpc, *upload_rpc, *lookers}, *attachments));
  services.push_back(
      std::make_unique<readmission::ReadmissionRpc>(*agency_rpc, *readmission, *case_lists, *case_watches));
  services.push_back(std::make_unique<transit::TransitRpc>(*agency_rpc, *transit));
  services.push_back(std::make_unique<safeguard::SafeguardRpc>(*agency_rpc, *safeguard_office));
  services.push_back(std::make_unique<watchlist::WatchlistRpc>(*agency_rpc, *watchlist));
  services.push_back(std::make_unique<trafficking::TraffickingRpc>(*agency_rpc, *trafficking));
  services.push_back(std::make_unique<approval::ApprovalRpc>(*agency_rpc, *approvals));
  services.push_back(std::make_unique<treaty_office::TreatyRpc>(*agency_rpc, *treaty_office));
  services.push_back(std::make_unique<audit::AuditRpc>(
      audit::AuditWork{*audit_rpc, *verify_rpc, *agency_rpc},
      audit::AuditServices{*auditor, *evidence, *openings, *readings, *tails, *reconciler}));
  services.push_back(std::make_unique<courier::CourierRpc>(*upload_rpc, *courier));
  services.push_back(std::make_unique<audit::AdminRpc>(*agency_rpc, *admin, *readings));
  services.push_back(std::make_unique<obligation::ObligationRpc>(*agency_rpc, *obligations));
  services.push_back(std::make_unique<witness::WitnessRpc>(
      *partner_rpc, *agency_rpc,
      witness::WitnessedNode{StateOf(setup.config.agency()), *partner_logs, witness.get(), witnessing.get(), *sequencer,
                             *log_reader}));
  services.push_back(std::make_unique<trust::TrustRpc>(*list_rpc, *agency_rpc, *trust_keeper, *revocations));
}

absl::Status EdgeLayer::ServeLog() {
  log_server::LogServerOptions options;
  options.address = setup.config.log_listen();
  if (options.address.empty()) return absl::OkStatus();
  log_server::AddCheckpoint add_checkpoint;
  if (witness != nullptr) {
    add_checkpoint = [this](const std::string& body) {
      witness::WitnessAnswer answer = witness->AnswerHttp(body);
      return log_server::HttpAnswer{static_cast<unsigned>(answer.status), std::move(answer.content_type),
                                    std::move(answer.body)};
    };
  }
  const auto pages =
      std::make_shared<const log_server::LogPages>(access, *auditor, *readings, std::move(add_checkpoint));
  ASSIGN_OR_RETURN(log_server, log_server::LogServer::Start(
                                   options, setup.tls, trust, clock,
                                   [pages](const certs::Principal& caller, log_server::HttpRequest request) {
                                     return pages->Answer(caller, std::move(request));
                                   }));
  Log(Severity::kInfo, "serving the log", {{"address", log_server->address()}});
  return absl::OkStatus();
}

// Where the TLS identity is shown beside gRPC's server. Outside witnesses with a pair of their own keep that.
// Connections to partners are made anew, so that the former certificate may be revoked at once.
absl::Status EdgeLayer::ShowEverywhere(const exchange::TlsIdentity& next) {
  for (const auto& [agency, channel] : channels) channel->Show(next);
  for (witness::HttpsWitnessPeer* peer : shown_tls) RETURN_IF_ERROR(peer->Show(next));
  if (ts_client != nullptr) RETURN_IF_ERROR(ts_client->Show(next));
  return log_server == nullptr ? absl::OkStatus() : log_server->ReplaceIdentity(next);
}

}  // namespace tamga::node
