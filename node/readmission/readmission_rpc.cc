#include "node/readmission/readmission_rpc.h"

#include "node/base/status_macros.h"
#include "node/readmission/case_watch_rpc.h"

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

grpc::ServerUnaryReactor* ReadmissionRpc::ActOnReadmissionCase(grpc::CallbackServerContext* context,
                                                               const v1::ActOnReadmissionCaseRequest* request,
                                                               v1::ActOnReadmissionCaseResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.ActOnReadmissionCase",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, desk_.Act(call, *request));
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
    ASSIGN_OR_RETURN(*response, lists_.List(*request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchReadmissionCasesResponse>* ReadmissionRpc::WatchReadmissionCases(
    grpc::CallbackServerContext* context, const v1::WatchReadmissionCasesRequest* request) {
  return CaseWatchStream::Start(rpc_, context, watches_, *request);
}

grpc::ServerUnaryReactor* ReadmissionRpc::PrintReadmissionForm(grpc::CallbackServerContext* context,
                                                               const v1::PrintReadmissionFormRequest* request,
                                                               v1::PrintReadmissionFormResponse* response) {
  return ServeUnary(rpc_, context, "ReadmissionService.PrintReadmissionForm",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, desk_.Print(call, *request));
                      return absl::OkStatus();
                    });
}

}  // namespace tamga::readmission
