// The operator's service on gRPC.
#pragma once

#include "node/audit/admin.h"
#include "node/audit/reading_log.h"
#include "node/exchange/rpc.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::audit {

// Thread-safe.
class AdminRpc final : public v1::AdminService::CallbackService {
 public:
  // All references outlive the service.
  AdminRpc(const exchange::RpcContext& rpc, const Admin& admin, const ReadingLog& readings)
      : rpc_(rpc), admin_(admin), readings_(readings) {}

  grpc::ServerUnaryReactor* GetNodeStatus(grpc::CallbackServerContext* context, const v1::GetNodeStatusRequest* request,
                                          v1::GetNodeStatusResponse* response) override;
  grpc::ServerUnaryReactor* GetMetrics(grpc::CallbackServerContext* context, const v1::GetMetricsRequest* request,
                                       v1::GetMetricsResponse* response) override;
  grpc::ServerUnaryReactor* ListOutbox(grpc::CallbackServerContext* context, const v1::ListOutboxRequest* request,
                                       v1::ListOutboxResponse* response) override;
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context,
                                            const v1::ListDeadLettersRequest* request,
                                            v1::ListDeadLettersResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseDeadLetter(grpc::CallbackServerContext* context,
                                              const v1::ReleaseDeadLetterRequest* request,
                                              v1::ReleaseDeadLetterResponse* response) override;
  grpc::ServerUnaryReactor* DiscardDeadLetter(grpc::CallbackServerContext* context,
                                              const v1::DiscardDeadLetterRequest* request,
                                              v1::DiscardDeadLetterResponse* response) override;
  grpc::ServerUnaryReactor* ListTreaties(grpc::CallbackServerContext* context, const v1::ListTreatiesRequest* request,
                                         v1::ListTreatiesResponse* response) override;
  grpc::ServerUnaryReactor* ExplainDecision(grpc::CallbackServerContext* context,
                                            const v1::ExplainDecisionRequest* request,
                                            v1::ExplainDecisionResponse* response) override;
  grpc::ServerUnaryReactor* ListDecisions(grpc::CallbackServerContext* context, const v1::ListDecisionsRequest* request,
                                          v1::ListDecisionsResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  const Admin& admin_;
  const ReadingLog& readings_;
};

}  // namespace tamga::audit
