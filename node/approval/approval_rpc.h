// The approval service on gRPC.
#pragma once

#include "node/exchange/approvals.h"
#include "node/exchange/rpc.h"
#include "tamga/v1/approval_service.grpc.pb.h"

namespace tamga::approval {

// Thread-safe.
class ApprovalRpc final : public v1::ApprovalService::CallbackService {
 public:
  // Both references outlive the service.
  ApprovalRpc(const exchange::RpcContext& rpc, const exchange::Approvals& approvals)
      : rpc_(rpc), approvals_(approvals) {}

  grpc::ServerUnaryReactor* ListApprovals(grpc::CallbackServerContext* context, const v1::ListApprovalsRequest* request,
                                          v1::ListApprovalsResponse* response) override;
  grpc::ServerUnaryReactor* ApproveRequest(grpc::CallbackServerContext* context,
                                           const v1::ApproveRequestRequest* request,
                                           v1::ApproveRequestResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  const exchange::Approvals& approvals_;
};

}  // namespace tamga::approval
