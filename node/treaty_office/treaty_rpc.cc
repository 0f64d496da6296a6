#include "node/treaty_office/treaty_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::treaty_office {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* TreatyRpc::PublishTreaties(grpc::CallbackServerContext* context,
                                                     const v1::PublishTreatiesRequest* request,
                                                     v1::PublishTreatiesResponse* response) {
  return ServeUnary(rpc_, context, "TreatyService.PublishTreaties", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Publish(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TreatyRpc::FetchTreaties(grpc::CallbackServerContext* context,
                                                   const v1::FetchTreatiesRequest* request,
                                                   v1::FetchTreatiesResponse* response) {
  return ServeUnary(rpc_, context, "TreatyService.FetchTreaties", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Fetch(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TreatyRpc::GetTreatyBundle(grpc::CallbackServerContext* context,
                                                     const v1::GetTreatyBundleRequest* request,
                                                     v1::GetTreatyBundleResponse* response) {
  return ServeUnary(rpc_, context, "TreatyService.GetTreatyBundle", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Get(*request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::treaty_office
