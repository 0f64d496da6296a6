#include "node/exchange/peer_stub.h"

#include <utility>

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/federation_service.grpc.pb.h"

namespace tamga::exchange {
namespace {

// The calls are synchronous on worker threads; gRPC's two callback threads have nothing to do with them.
class GrpcPeerStub final : public PeerStub {
 public:
  GrpcPeerStub(std::shared_ptr<grpc::Channel> channel, const Clock& clock, std::function<absl::Status()> check)
      : channel_(std::move(channel)),
        check_(std::move(check)),
        stub_(v1::FederationService::NewStub(channel_)),
        clock_(clock) {}

  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time deadline) override {
    if (absl::Status good = check_(); !good.ok()) {
      // If the connection has ended meanwhile, the next one may bring a certificate that is good.
      channel_->GetState(/*try_to_connect=*/true);
      return good;
    }
    grpc::ClientContext context;
    context.set_deadline(GrpcDeadline(deadline, clock_));
    v1::SealedMessage reply;
    const grpc::Status status = stub_->Exchange(&context, request, &reply);
    if (!status.ok()) return FromGrpc(status);
    return reply;
  }

  bool IsReachable(absl::Time deadline) override { return channel_->WaitForConnected(GrpcDeadline(deadline, clock_)); }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::function<absl::Status()> check_;
  const std::unique_ptr<v1::FederationService::Stub> stub_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<PeerStub> MakeGrpcPeerStub(std::shared_ptr<grpc::Channel> channel, const Clock& clock,
                                           std::function<absl::Status()> check) {
  return std::make_unique<GrpcPeerStub>(std::move(channel), clock, std::move(check));
}

grpc::ChannelArguments NodeChannelArguments(int max_message_bytes) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(max_message_bytes);
  arguments.SetMaxSendMessageSize(max_message_bytes);
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  // Retries stay as they are without a policy: gRPC sends again what surely reached nobody, as when a connection has
  // just come to its age, and nothing else. Exchanges are repeated by their own identity, not by the transport.
  return arguments;
}

}  // namespace tamga::exchange
