#include "node/exchange/peer_stub.h"

#include "grpcpp/client_context.h"
#include "grpcpp/grpcpp.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_deadline.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/federation_service.grpc.pb.h"

namespace tamga::exchange {
namespace {

// The calls are synchronous on worker threads; gRPC's two callback threads have nothing to do with them.
class GrpcPeerStub final : public PeerStub {
 public:
  GrpcPeerStub(PartnerChannel& channel, const Clock& clock) : channel_(channel), clock_(clock) {}

  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, channel_.ForCall());
    grpc::ClientContext context;
    context.set_deadline(GrpcDeadline(deadline, clock_));
    v1::SealedMessage reply;
    const grpc::Status status = v1::FederationService::NewStub(channel)->Exchange(&context, request, &reply);
    if (!status.ok()) return FromGrpc(status);
    return reply;
  }

  bool IsReachable(absl::Time deadline) override {
    const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = channel_.ForCall();
    return channel.ok() && (*channel)->WaitForConnected(GrpcDeadline(deadline, clock_));
  }

 private:
  PartnerChannel& channel_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<PeerStub> MakeGrpcPeerStub(PartnerChannel& channel, const Clock& clock) {
  return std::make_unique<GrpcPeerStub>(channel, clock);
}

grpc::ChannelArguments NodeChannelArguments(int max_message_bytes) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(max_message_bytes);
  arguments.SetMaxSendMessageSize(max_message_bytes);
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_NONE);
  // A channel that was made anew is to have a connection of its own, not that of the one before it.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
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
