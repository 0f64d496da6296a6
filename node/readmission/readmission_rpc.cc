#include "node/readmission/readmission_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::readmission {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* ReadmissionRpc::SubmitReadmission(grpc::CallbackServerContext* context,
                                                            const v1::SubmitReadmissionRequest* request,
                                                            v1::SubmitReadmissionResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.SubmitReadmission", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.Submit(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReadmissionRpc::ReplyToReadmission(grpc::CallbackServerContext* context,
                                                             const v1::ReplyToReadmissionRequest* request,
                                                             v1::ReplyToReadmissionResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.ReplyToReadmission",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, desk_.Reply(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* ReadmissionRpc::GetReadmissionCase(grpc::CallbackServerContext* context,
                                                             const v1::GetReadmissionCaseRequest* request,
                                                             v1::GetReadmissionCaseResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.GetReadmissionCase",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, desk_.Get(call, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* ReadmissionRpc::ListReadmissionCases(grpc::CallbackServerContext* context,
                                                               const v1::ListReadmissionCasesRequest* request,
                                                               v1::ListReadmissionCasesResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.ListReadmissionCases", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, desk_.List(*request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::readmission
