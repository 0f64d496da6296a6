// The audit service on gRPC.
#pragma once

#include "node/audit/auditor.h"
#include "node/audit/evidence_collector.h"
#include "node/audit/openings.h"
#include "node/audit/reading_log.h"
#include "node/audit/tails.h"
#include "node/exchange/rpc.h"
#include "node/reconciliation/reconciler.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::audit {

// Who does the work. All outlive the service.
struct AuditServices {
  const Auditor& auditor;
  const EvidenceCollector& evidence;
  const Openings& openings;
  const ReadingLog& readings;
  Tails& tails;
  reconciliation::Reconciler& reconciler;
};

// On whose threads calls are served. All outlive the service.
struct AuditWork {
  const exchange::RpcContext& questions;  // all but these:
  const exchange::RpcContext& audits;     // VerifyLog, as long as it runs
  const exchange::RpcContext& waiting;    // Reconcile, which waits for a partner
};

// Thread-safe.
class AuditRpc final : public v1::AuditService::CallbackService {
 public:
  AuditRpc(AuditWork work, AuditServices services) : work_(work), services_(services) {}

  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context, const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* GetExchange(grpc::CallbackServerContext* context, const v1::GetExchangeRequest* request,
                                        v1::GetExchangeResponse* response) override;
  grpc::ServerUnaryReactor* GetStatistics(grpc::CallbackServerContext* context, const v1::GetStatisticsRequest* request,
                                          v1::GetStatisticsResponse* response) override;
  grpc::ServerUnaryReactor* GetEvidence(grpc::CallbackServerContext* context, const v1::GetEvidenceRequest* request,
                                        v1::GetEvidenceResponse* response) override;
  grpc::ServerUnaryReactor* OpenMessage(grpc::CallbackServerContext* context, const v1::OpenMessageRequest* request,
                                        v1::OpenMessageResponse* response) override;
  grpc::ServerWriteReactor<v1::TailEntriesResponse>* TailEntries(grpc::CallbackServerContext* context,
                                                                 const v1::TailEntriesRequest* request) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context, const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* ProveInclusion(grpc::CallbackServerContext* context,
                                           const v1::ProveInclusionRequest* request,
                                           v1::ProveInclusionResponse* response) override;
  grpc::ServerUnaryReactor* ProveConsistency(grpc::CallbackServerContext* context,
                                             const v1::ProveConsistencyRequest* request,
                                             v1::ProveConsistencyResponse* response) override;
  grpc::ServerUnaryReactor* GetTiles(grpc::CallbackServerContext* context, const v1::GetTilesRequest* request,
                                     v1::GetTilesResponse* response) override;
  grpc::ServerWriteReactor<v1::VerifyLogResponse>* VerifyLog(grpc::CallbackServerContext* context,
                                                             const v1::VerifyLogRequest* request) override;
  grpc::ServerUnaryReactor* Reconcile(grpc::CallbackServerContext* context, const v1::ReconcileRequest* request,
                                      v1::ReconcileResponse* response) override;

 private:
  const AuditWork work_;
  const AuditServices services_;
};

}  // namespace tamga::audit
