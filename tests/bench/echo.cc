#include "tests/bench/echo.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"

namespace tamga::bench {
namespace {

// Reads one message, lets it be answered, writes the answer.
class EchoReactor final : public grpc::ServerGenericBidiReactor {
 public:
  EchoReactor(grpc::GenericStub* upstream, const std::string& method) : upstream_(upstream), method_(method) {
    StartRead(&message_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no message"));
    if (upstream_ == nullptr) return StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    upstream_->UnaryCall(&context_, method_, grpc::StubOptions(), &message_, &reply_,
                         [this](const grpc::Status& status) {
                           if (!status.ok()) return Finish(status);
                           StartWriteAndFinish(&reply_, grpc::WriteOptions(), grpc::Status::OK);
                         });
  }
  void OnDone() override { delete this; }

  grpc::GenericStub* const upstream_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer message_;
  grpc::ByteBuffer reply_;
};

}  // namespace

class EchoServer::Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(std::shared_ptr<grpc::Channel> upstream)
      : upstream_(upstream == nullptr ? nullptr : std::make_unique<grpc::GenericStub>(std::move(upstream))) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new EchoReactor(upstream_.get(), context->method());
  }

 private:
  const std::unique_ptr<grpc::GenericStub> upstream_;
};

absl::StatusOr<std::unique_ptr<EchoServer>> EchoServer::Start(const exchange::TlsIdentity& identity,
                                                              const certs::CurrentTrust& trust, const Clock& clock,
                                                              std::shared_ptr<grpc::Channel> upstream) {
  auto service = std::make_unique<Service>(std::move(upstream));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:0", exchange::MakeServerCredentials(identity, trust, clock), &port);
  builder.RegisterCallbackGenericService(service.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("the echo server did not start");
  return std::unique_ptr<EchoServer>(
      new EchoServer(std::move(service), std::move(server), absl::StrCat("127.0.0.1:", port)));
}

EchoServer::EchoServer(std::unique_ptr<Service> service, std::unique_ptr<grpc::Server> server, std::string address)
    : service_(std::move(service)), server_(std::move(server)), address_(std::move(address)) {}

EchoServer::~EchoServer() { server_->Shutdown(std::chrono::system_clock::now()); }

}  // namespace tamga::bench
