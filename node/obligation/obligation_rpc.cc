#include "node/obligation/obligation_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::obligation {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* ObligationRpc::ListHoldings(grpc::CallbackServerContext* context,
                                                      const v1::ListHoldingsRequest* request,
                                                      v1::ListHoldingsResponse* response) {
  return ServeUnary(rpc_, context, "ObligationService.ListHoldings", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, obligations_.List(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ObligationRpc::DischargeObligation(grpc::CallbackServerContext* context,
                                                             const v1::DischargeObligationRequest* request,
                                                             v1::DischargeObligationResponse* response) {
  return ServeUnary(rpc_, context, "ObligationService.DischargeObligation",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, obligations_.Discharge(call, *request));
                      return absl::OkStatus();
                    });
}

}  // namespace tamga::obligation
