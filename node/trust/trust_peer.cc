#include "node/trust/trust_peer.h"

#include <utility>

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/trust_service.grpc.pb.h"

namespace tamga::trust {
namespace {

class GrpcTrustPeer final : public TrustPeer {
 public:
  GrpcTrustPeer(std::shared_ptr<grpc::Channel> channel, const Clock& clock)
      : stub_(v1::TrustService::NewStub(std::move(channel))), clock_(clock) {}

  absl::StatusOr<v1::PushRevocationsResponse> Push(const v1::PushRevocationsRequest& request,
                                                   absl::Time deadline) override {
    v1::PushRevocationsResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    const grpc::Status status = stub_->PushRevocations(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::FetchRevocationsResponse> Fetch(const v1::FetchRevocationsRequest& request,
                                                     absl::Time deadline) override {
    v1::FetchRevocationsResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    const grpc::Status status = stub_->FetchRevocations(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

 private:
  const std::unique_ptr<v1::TrustService::Stub> stub_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<TrustPeer> MakeGrpcTrustPeer(std::shared_ptr<grpc::Channel> channel, const Clock& clock) {
  return std::make_unique<GrpcTrustPeer>(std::move(channel), clock);
}

}  // namespace tamga::trust
