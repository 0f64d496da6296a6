#include "node/trust/trust_peer.h"

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/trust_service.grpc.pb.h"

namespace tamga::trust {
namespace {

class GrpcTrustPeer final : public TrustPeer {
 public:
  GrpcTrustPeer(exchange::PartnerChannel& channel, const Clock& clock) : channel_(channel), clock_(clock) {}

  absl::StatusOr<v1::PushRevocationsResponse> Push(const v1::PushRevocationsRequest& request,
                                                   absl::Time deadline) override {
    v1::PushRevocationsResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall(certs::OldLists::kTaken));
    const grpc::Status status = v1::TrustService::NewStub(channel)->PushRevocations(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::FetchRevocationsResponse> Fetch(const v1::FetchRevocationsRequest& request,
                                                     absl::Time deadline) override {
    v1::FetchRevocationsResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall(certs::OldLists::kTaken));
    const grpc::Status status = v1::TrustService::NewStub(channel)->FetchRevocations(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

 private:
  exchange::PartnerChannel& channel_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<TrustPeer> MakeGrpcTrustPeer(exchange::PartnerChannel& channel, const Clock& clock) {
  return std::make_unique<GrpcTrustPeer>(channel, clock);
}

}  // namespace tamga::trust
