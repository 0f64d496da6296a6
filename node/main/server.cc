#include "node/main/server.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"
#include "grpcpp/resource_quota.h"

namespace tamga::node {
namespace {

constexpr size_t kMemoryQuotaBytes = 256u << 20;

// The reflection library registers itself with every server of a process that links it; this takes it off again.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// The values stop the known attacks on 1.51 as far as settings can (docs/architecture.md, "The listener").
void Harden(const v1::Limits& limits, const ConnectionTimes& times, grpc::ServerBuilder& builder) {
  const auto set = [&](const char* name, absl::Duration time) {
    builder.AddChannelArgument(name, static_cast<int>(absl::ToInt64Milliseconds(time)));
  };
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.max_message_bytes()));
  builder.SetMaxSendMessageSize(static_cast<int>(limits.max_message_bytes()));
  // Compressed messages are inflated before their size is checked.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(limits.max_concurrent_streams()));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 << 10);
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, times.handshake);
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, times.idle);
  set(GRPC_ARG_MAX_CONNECTION_AGE_MS, times.age);
  set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, times.age_grace);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 1);
  grpc::ResourceQuota quota("node");
  builder.SetResourceQuota(quota.Resize(kMemoryQuotaBytes));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const v1::NodeConfig& config, exchange::Listener& listener,
                                                      std::shared_ptr<grpc::ServerCredentials> credentials,
                                                      const std::vector<grpc::Service*>& services,
                                                      const ConnectionTimes& times) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!config.reflection()) builder.SetOption(std::make_unique<WithoutReflection>());
  Harden(config.limits(), times, builder);
  auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, std::move(credentials));
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("gRPC could not start its server; its own log lines say why");
  listener.Start(std::move(acceptor));
  return std::unique_ptr<Server>(new Server(listener, std::move(server)));
}

Server::Server(exchange::Listener& listener, std::unique_ptr<grpc::Server> server)
    : listener_(listener),
      server_(std::move(server)),
      heartbeat_(std::make_unique<Heartbeat>(server_->InProcessChannel(grpc::ChannelArguments()))) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

void Server::SetServing(bool serving) { server_->GetHealthCheckService()->SetServingStatus(serving); }

void Server::Drain(absl::Duration time) {
  if (heartbeat_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  listener_.Stop();
  heartbeat_.reset();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + time));
  server_->Wait();
}

}  // namespace tamga::node
