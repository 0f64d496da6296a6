#include "node/audit/admin_rpc.h"

#include "node/base/status_macros.h"

namespace tamga::audit {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* AdminRpc::GetNodeStatus(grpc::CallbackServerContext* context,
                                                  const v1::GetNodeStatusRequest* /*request*/,
                                                  v1::GetNodeStatusResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.GetNodeStatus", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.GetNodeStatus());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::GetMetrics(grpc::CallbackServerContext* context,
                                               const v1::GetMetricsRequest* /*request*/,
                                               v1::GetMetricsResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.GetMetrics", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.GetMetrics());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ListOutbox(grpc::CallbackServerContext* context,
                                               const v1::ListOutboxRequest* /*request*/,
                                               v1::ListOutboxResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ListOutbox", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.ListOutbox());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ListDeadLetters(grpc::CallbackServerContext* context,
                                                    const v1::ListDeadLettersRequest* /*request*/,
                                                    v1::ListDeadLettersResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ListDeadLetters", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.ListDeadLetters());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ReleaseDeadLetter(grpc::CallbackServerContext* context,
                                                      const v1::ReleaseDeadLetterRequest* request,
                                                      v1::ReleaseDeadLetterResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ReleaseDeadLetter", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.ReleaseDeadLetter(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::DiscardDeadLetter(grpc::CallbackServerContext* context,
                                                      const v1::DiscardDeadLetterRequest* request,
                                                      v1::DiscardDeadLetterResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.DiscardDeadLetter", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.DiscardDeadLetter(call, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ListTreaties(grpc::CallbackServerContext* context,
                                                 const v1::ListTreatiesRequest* /*request*/,
                                                 v1::ListTreatiesResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ListTreaties", [=, this](const Call&) {
    *response = admin_.ListTreaties();
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ExplainDecision(grpc::CallbackServerContext* context,
                                                    const v1::ExplainDecisionRequest* request,
                                                    v1::ExplainDecisionResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ExplainDecision", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, admin_.ExplainDecision(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminRpc::ListDecisions(grpc::CallbackServerContext* context,
                                                  const v1::ListDecisionsRequest* request,
                                                  v1::ListDecisionsResponse* response) {
  return ServeUnary(rpc_, context, "AdminService.ListDecisions", [=, this](const Call& call) -> absl::Status {
    RETURN_IF_ERROR(admin_.CheckReadsDecisions(call.caller));
    ASSIGN_OR_RETURN(*response, admin_.ListDecisions(*request));
    const bool is_auditor = call.caller.role == certs::Role::kAuditor;
    return is_auditor ? readings_.Add(call.caller, "ListDecisions") : absl::OkStatus();
  });
}

}  // namespace tamga::audit
