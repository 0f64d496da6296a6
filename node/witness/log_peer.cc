#include "node/witness/log_peer.h"

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::witness {
namespace {

class GrpcLogPeer final : public LogPeer {
 public:
  GrpcLogPeer(exchange::PartnerChannel& channel, const Clock& clock) : channel_(channel), clock_(clock) {}

  absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time deadline) override {
    v1::AddCheckpointRequest request;
    request.set_body(body);
    v1::AddCheckpointResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall(certs::OldLists::kTaken));
    const grpc::Status status = v1::WitnessService::NewStub(channel)->AddCheckpoint(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::ProveGrowthResponse> ProveGrowth(uint64_t old_size, absl::Time deadline) override {
    v1::ProveGrowthRequest request;
    request.set_old_size(old_size);
    v1::ProveGrowthResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall(certs::OldLists::kTaken));
    const grpc::Status status = v1::WitnessService::NewStub(channel)->ProveGrowth(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

 private:
  exchange::PartnerChannel& channel_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<LogPeer> MakeGrpcLogPeer(exchange::PartnerChannel& channel, const Clock& clock) {
  return std::make_unique<GrpcLogPeer>(channel, clock);
}

}  // namespace tamga::witness
