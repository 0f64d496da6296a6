// The trafficking service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/trafficking/trafficking.h"
#include "tamga/v1/trafficking_service.grpc.pb.h"

namespace tamga::trafficking {

// Thread-safe.
class TraffickingRpc final : public v1::TraffickingService::CallbackService {
 public:
  // Both references outlive the service.
  TraffickingRpc(const exchange::RpcContext& rpc, Trafficking& cases) : rpc_(rpc), cases_(cases) {}

  grpc::ServerUnaryReactor* SaveTraffickingCase(grpc::CallbackServerContext* context,
                                                const v1::SaveTraffickingCaseRequest* request,
                                                v1::SaveTraffickingCaseResponse* response) override;
  grpc::ServerUnaryReactor* HandOverTraffickingCase(grpc::CallbackServerContext* context,
                                                    const v1::HandOverTraffickingCaseRequest* request,
                                                    v1::HandOverTraffickingCaseResponse* response) override;
  grpc::ServerUnaryReactor* RetrieveTraffickingCase(grpc::CallbackServerContext* context,
                                                    const v1::RetrieveTraffickingCaseRequest* request,
                                                    v1::RetrieveTraffickingCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetTraffickingCase(grpc::CallbackServerContext* context,
                                               const v1::GetTraffickingCaseRequest* request,
                                               v1::GetTraffickingCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListTraffickingCases(grpc::CallbackServerContext* context,
                                                 const v1::ListTraffickingCasesRequest* request,
                                                 v1::ListTraffickingCasesResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  Trafficking& cases_;
};

}  // namespace tamga::trafficking
