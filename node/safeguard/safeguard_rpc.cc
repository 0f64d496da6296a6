#include "node/safeguard/safeguard_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::safeguard {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* SafeguardRpc::SetSafeguard(grpc::CallbackServerContext* context,
                                                     const v1::SetSafeguardRequest* request,
                                                     v1::SetSafeguardResponse* response) {
  return ServeUnary(rpc_, context, "SafeguardService.SetSafeguard", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Set(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SafeguardRpc::GetSafeguard(grpc::CallbackServerContext* context,
                                                     const v1::GetSafeguardRequest* request,
                                                     v1::GetSafeguardResponse* response) {
  return ServeUnary(rpc_, context, "SafeguardService.GetSafeguard", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Get(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SafeguardRpc::ListSafeguards(grpc::CallbackServerContext* context,
                                                       const v1::ListSafeguardsRequest* request,
                                                       v1::ListSafeguardsResponse* response) {
  return ServeUnary(rpc_, context, "SafeguardService.ListSafeguards", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.List(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SafeguardRpc::AskRelease(grpc::CallbackServerContext* context,
                                                   const v1::AskReleaseRequest* request,
                                                   v1::AskReleaseResponse* response) {
  return ServeUnary(rpc_, context, "SafeguardService.AskRelease", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.AskRelease(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* SafeguardRpc::ReleaseSafeguard(grpc::CallbackServerContext* context,
                                                         const v1::ReleaseSafeguardRequest* request,
                                                         v1::ReleaseSafeguardResponse* response) {
  return ServeUnary(rpc_, context, "SafeguardService.ReleaseSafeguard", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, office_.Release(call, *request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::safeguard
