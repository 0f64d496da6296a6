// The treaty service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/treaty_office/treaty_office.h"
#include "tamga/v1/treaty_service.grpc.pb.h"

namespace tamga::treaty_office {

// Thread-safe.
class TreatyRpc final : public v1::TreatyService::CallbackService {
 public:
  // Both references outlive the service.
  TreatyRpc(const exchange::RpcContext& rpc, TreatyOffice& office) : rpc_(rpc), office_(office) {}

  grpc::ServerUnaryReactor* PublishTreaties(grpc::CallbackServerContext* context,
                                            const v1::PublishTreatiesRequest* request,
                                            v1::PublishTreatiesResponse* response) override;
  grpc::ServerUnaryReactor* FetchTreaties(grpc::CallbackServerContext* context, const v1::FetchTreatiesRequest* request,
                                          v1::FetchTreatiesResponse* response) override;
  grpc::ServerUnaryReactor* GetTreatyBundle(grpc::CallbackServerContext* context,
                                            const v1::GetTreatyBundleRequest* request,
                                            v1::GetTreatyBundleResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  TreatyOffice& office_;
};

}  // namespace tamga::treaty_office
