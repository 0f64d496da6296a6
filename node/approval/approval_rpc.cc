#include "node/approval/approval_rpc.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/domain/page_size.h"

namespace tamga::approval {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* ApprovalRpc::ListApprovals(grpc::CallbackServerContext* context,
                                                     const v1::ListApprovalsRequest* request,
                                                     v1::ListApprovalsResponse* response) {
  return ServeUnary(rpc_, context, "ApprovalService.ListApprovals", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request->page_size()));
    ASSIGN_OR_RETURN(exchange::ApprovalPage page, approvals_.List(page_size, request->page_token()));
    for (v1::PendingApproval& approval : page.approvals) *response->add_approvals() = std::move(approval);
    response->set_next_page_token(page.next_page_token);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ApprovalRpc::ApproveRequest(grpc::CallbackServerContext* context,
                                                      const v1::ApproveRequestRequest* request,
                                                      v1::ApproveRequestResponse* response) {
  return ServeUnary(rpc_, context, "ApprovalService.ApproveRequest", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, approvals_.Approve(call.caller, request->request_sha256()));
    return absl::OkStatus();
  });
}

}  // namespace tamga::approval
