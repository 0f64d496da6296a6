#include "node/main/heartbeat.h"

#include <chrono>
#include <utility>

#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "node/base/mutex.h"

namespace tamga::node {
namespace {

constexpr std::chrono::milliseconds kInterval{300};

}  // namespace

Heartbeat::Heartbeat(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { Beat(); }) {}

void Heartbeat::Beat() {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  const grpc::Slice empty_request("");  // a HealthCheckRequest for the whole server
  const grpc::ByteBuffer request(&empty_request, 1);
  grpc::ByteBuffer response;
  Mutex mutex;
  CondVar changed;
  bool done = false;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, &response,
                 [&](const grpc::Status& status) {
                   // Without a deadline that passed, whatever it says: health may be NOT_SERVING.
                   if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) ++answered_;
                   MutexLock lock(mutex);
                   done = true;
                   changed.NotifyAll();
                 });
  MutexLock lock(mutex);
  while (!done) changed.Wait(mutex);
}

}  // namespace tamga::node
