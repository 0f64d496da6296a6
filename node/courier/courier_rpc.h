// Couriers' bundles on gRPC, for the node's operators.
#pragma once

#include "node/courier/courier.h"
#include "node/exchange/rpc.h"
#include "tamga/v1/courier_service.grpc.pb.h"

namespace tamga::courier {

// Thread-safe.
class CourierRpc final : public v1::CourierService::CallbackService {
 public:
  // Both outlive the service. The places of `rpc` say how many calls may bring or fetch bundles at once.
  CourierRpc(const exchange::RpcContext& rpc, Courier& courier) : rpc_(rpc), courier_(courier) {}

  grpc::ServerWriteReactor<v1::ExportRequestsResponse>* ExportRequests(
      grpc::CallbackServerContext* context, const v1::ExportRequestsRequest* request) override;
  grpc::ServerReadReactor<v1::ImportBundleRequest>* ImportBundle(grpc::CallbackServerContext* context,
                                                                 v1::ImportBundleResponse* response) override;
  grpc::ServerWriteReactor<v1::ExportRepliesResponse>* ExportReplies(grpc::CallbackServerContext* context,
                                                                     const v1::ExportRepliesRequest* request) override;

 private:
  const exchange::RpcContext& rpc_;
  Courier& courier_;
};

}  // namespace tamga::courier
