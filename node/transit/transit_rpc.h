// The transit service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/transit/transit_desk.h"
#include "tamga/v1/transit_service.grpc.pb.h"

namespace tamga::transit {

// Thread-safe.
class TransitRpc final : public v1::TransitService::CallbackService {
 public:
  // Both outlive the service.
  TransitRpc(const exchange::RpcContext& rpc, TransitDesk& desk) : rpc_(rpc), desk_(desk) {}

  grpc::ServerUnaryReactor* SubmitTransit(grpc::CallbackServerContext* context, const v1::SubmitTransitRequest* request,
                                          v1::SubmitTransitResponse* response) override;
  grpc::ServerUnaryReactor* ActOnTransit(grpc::CallbackServerContext* context, const v1::ActOnTransitRequest* request,
                                         v1::ActOnTransitResponse* response) override;
  grpc::ServerUnaryReactor* GetTransit(grpc::CallbackServerContext* context, const v1::GetTransitRequest* request,
                                       v1::GetTransitResponse* response) override;
  grpc::ServerUnaryReactor* ListTransits(grpc::CallbackServerContext* context, const v1::ListTransitsRequest* request,
                                         v1::ListTransitsResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  TransitDesk& desk_;
};

}  // namespace tamga::transit
