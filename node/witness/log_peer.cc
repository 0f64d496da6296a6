#include "node/witness/log_peer.h"

#include <utility>

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::witness {
namespace {

class GrpcLogPeer final : public LogPeer {
 public:
  GrpcLogPeer(std::shared_ptr<grpc::Channel> channel, const Clock& clock)
      : stub_(v1::WitnessService::NewStub(std::move(channel))), clock_(clock) {}

  absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time deadline) override {
    v1::AddCheckpointRequest request;
    request.set_body(body);
    v1::AddCheckpointResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    const grpc::Status status = stub_->AddCheckpoint(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

  absl::StatusOr<v1::ProveGrowthResponse> ProveGrowth(uint64_t old_size, absl::Time deadline) override {
    v1::ProveGrowthRequest request;
    request.set_old_size(old_size);
    v1::ProveGrowthResponse response;
    grpc::ClientContext context;
    context.set_deadline(exchange::GrpcDeadline(deadline, clock_));
    const grpc::Status status = stub_->ProveGrowth(&context, request, &response);
    if (!status.ok()) return exchange::FromGrpc(status);
    return response;
  }

 private:
  const std::unique_ptr<v1::WitnessService::Stub> stub_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<LogPeer> MakeGrpcLogPeer(std::shared_ptr<grpc::Channel> channel, const Clock& clock) {
  return std::make_unique<GrpcLogPeer>(std::move(channel), clock);
}

}  // namespace tamga::witness
