// The safeguard service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/safeguard/safeguard_office.h"
#include "tamga/v1/safeguard_service.grpc.pb.h"

namespace tamga::safeguard {

// Thread-safe.
class SafeguardRpc final : public v1::SafeguardService::CallbackService {
 public:
  // Both references outlive the service.
  SafeguardRpc(const exchange::RpcContext& rpc, SafeguardOffice& office) : rpc_(rpc), office_(office) {}

  grpc::ServerUnaryReactor* SetSafeguard(grpc::CallbackServerContext* context, const v1::SetSafeguardRequest* request,
                                         v1::SetSafeguardResponse* response) override;
  grpc::ServerUnaryReactor* GetSafeguard(grpc::CallbackServerContext* context, const v1::GetSafeguardRequest* request,
                                         v1::GetSafeguardResponse* response) override;
  grpc::ServerUnaryReactor* ListSafeguards(grpc::CallbackServerContext* context,
                                           const v1::ListSafeguardsRequest* request,
                                           v1::ListSafeguardsResponse* response) override;
  grpc::ServerUnaryReactor* AskRelease(grpc::CallbackServerContext* context, const v1::AskReleaseRequest* request,
                                       v1::AskReleaseResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseSafeguard(grpc::CallbackServerContext* context,
                                             const v1::ReleaseSafeguardRequest* request,
                                             v1::ReleaseSafeguardResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  SafeguardOffice& office_;
};

}  // namespace tamga::safeguard
