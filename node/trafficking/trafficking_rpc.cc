#include "node/trafficking/trafficking_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::trafficking {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* TraffickingRpc::SaveTraffickingCase(grpc::CallbackServerContext* context,
                                                              const v1::SaveTraffickingCaseRequest* request,
                                                              v1::SaveTraffickingCaseResponse* response) {
  return ServeUnary(rpc_, context, "TraffickingService.SaveTraffickingCase", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, cases_.Save(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* TraffickingRpc::HandOverTraffickingCase(grpc::CallbackServerContext* context,
                                                                  const v1::HandOverTraffickingCaseRequest* request,
                                                                  v1::HandOverTraffickingCaseResponse* response) {
  return ServeUnary(rpc_, context, "TraffickingService.HandOverTraffickingCase",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, cases_.HandOver(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* TraffickingRpc::RetrieveTraffickingCase(grpc::CallbackServerContext* context,
                                                                  const v1::RetrieveTraffickingCaseRequest* request,
                                                                  v1::RetrieveTraffickingCaseResponse* response) {
  return ServeUnary(rpc_, context, "TraffickingService.RetrieveTraffickingCase",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, cases_.Retrieve(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* TraffickingRpc::GetTraffickingCase(grpc::CallbackServerContext* context,
                                                             const v1::GetTraffickingCaseRequest* request,
                                                             v1::GetTraffickingCaseResponse* response) {
  return ServeUnary(rpc_, context, "TraffickingService.GetTraffickingCase",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, cases_.Get(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* TraffickingRpc::ListTraffickingCases(grpc::CallbackServerContext* context,
                                                               const v1::ListTraffickingCasesRequest* request,
                                                               v1::ListTraffickingCasesResponse* response) {
  return ServeUnary(rpc_, context, "TraffickingService.ListTraffickingCases", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, cases_.List(*request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::trafficking
