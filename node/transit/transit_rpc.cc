#include "node/transit/transit_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::transit {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* TransitRpc::SubmitTransit(grpc::CallbackServerContext* context,
                                                    const v1::SubmitTransitRequest* request,
                                                    v1::SubmitTransitResponse* response) {
  return ServeUnary(rpc_, context, "TransitService.SubmitTransit", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.Submit(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TransitRpc::ActOnTransit(grpc::CallbackServerContext* context,
                                                   const v1::ActOnTransitRequest* request,
                                                   v1::ActOnTransitResponse* response) {
  return ServeUnary(rpc_, context, "TransitService.ActOnTransit", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.Act(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TransitRpc::GetTransit(grpc::CallbackServerContext* context,
                                                 const v1::GetTransitRequest* request,
                                                 v1::GetTransitResponse* response) {
  return ServeUnary(rpc_, context, "TransitService.GetTransit", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.Get(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TransitRpc::ListTransits(grpc::CallbackServerContext* context,
                                                   const v1::ListTransitsRequest* request,
                                                   v1::ListTransitsResponse* response) {
  return ServeUnary(rpc_, context, "TransitService.ListTransits", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.List(*request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::transit
