// The obligation service on gRPC.
#pragma once

#include "node/exchange/rpc.h"
#include "node/obligation/obligations.h"
#include "tamga/v1/obligation_service.grpc.pb.h"

namespace tamga::obligation {

// Thread-safe.
class ObligationRpc final : public v1::ObligationService::CallbackService {
 public:
  // Both references outlive the service.
  ObligationRpc(const exchange::RpcContext& rpc, Obligations& obligations) : rpc_(rpc), obligations_(obligations) {}

  grpc::ServerUnaryReactor* ListHoldings(grpc::CallbackServerContext* context, const v1::ListHoldingsRequest* request,
                                         v1::ListHoldingsResponse* response) override;
  grpc::ServerUnaryReactor* DischargeObligation(grpc::CallbackServerContext* context,
                                                const v1::DischargeObligationRequest* request,
                                                v1::DischargeObligationResponse* response) override;

 private:
  const exchange::RpcContext& rpc_;
  Obligations& obligations_;
};

}  // namespace tamga::obligation
