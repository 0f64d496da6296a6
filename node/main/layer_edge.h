// How a node is called: workers for each kind of caller, what they serve, and where it listens.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/impl/service_type.h"
#include "node/attachment/attachment_rpc.h"
#include "node/base/worker_pool.h"
#include "node/exchange/call_lanes.h"
#include "node/exchange/call_places.h"
#include "node/exchange/listener.h"
#include "node/exchange/rpc.h"
#include "node/exchange/tls_identity.h"
#include "node/exchange/tls_peer_identity.h"
#include "node/log_server/log_server.h"
#include "node/main/credentials_watch.h"
#include "node/main/helper_watch.h"
#include "node/main/layer_background.h"
#include "node/main/probe.h"
#include "node/main/server.h"

namespace tamga::node {

struct EdgeLayer : BackgroundLayer {
  using BackgroundLayer::BackgroundLayer;

  absl::Status Serve();
  absl::Status ShowEverywhere(const exchange::TlsIdentity& next);

  std::unique_ptr<exchange::TlsPeerIdentity> identity;
  std::unique_ptr<exchange::TlsPeerIdentity> list_identity;  // for calls about revocation lists
  // Agencies' calls wait for partners' answers, and partners' calls must not wait behind them: two pools. Neither waits
  // behind auditors, and these not behind whole audits, of which each takes a thread for as long as it runs.
  std::unique_ptr<WorkerPool> agency_workers;
  std::unique_ptr<exchange::CallLanes> partner_lanes;
  std::unique_ptr<WorkerPool> partner_workers;
  std::unique_ptr<exchange::CallPlaces> audit_places;
  std::unique_ptr<WorkerPool> audit_workers;
  std::unique_ptr<WorkerPool> log_verifiers;
  std::unique_ptr<exchange::RpcContext> audit_rpc;
  std::unique_ptr<exchange::RpcContext> verify_rpc;
  // Bytes of attachments come on the workers of their callers, so many streams at once; they are looked at on others.
  std::unique_ptr<exchange::CallPlaces> upload_places;
  std::unique_ptr<exchange::CallPlaces> transfer_places;
  std::unique_ptr<WorkerPool> lookers;
  std::unique_ptr<exchange::RpcContext> upload_rpc;
  std::unique_ptr<exchange::RpcContext> transfer_rpc;
  std::unique_ptr<exchange::RpcContext> agency_rpc;
  std::unique_ptr<exchange::RpcContext> partner_rpc;
  std::unique_ptr<exchange::RpcContext> list_rpc;
  std::unique_ptr<attachment::TransferRpc> transfers;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<exchange::Listener> listener;
  std::unique_ptr<Server> server;
  std::unique_ptr<log_server::LogServer> log_server;
  std::unique_ptr<CredentialsWatch> credentials_watch;
  std::unique_ptr<HelperWatch> helper_watch;
  std::unique_ptr<SelfProbe> probe;

 private:
  void StartWorkers();
  void AddServices();
  absl::Status ServeLog();
};

}  // namespace tamga::node
