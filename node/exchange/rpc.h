// How a service method is served: admit the caller, then do the work on the node's own workers, never on gRPC's two
// callback threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "grpcpp/grpcpp.h"
#include "node/base/clock.h"
#include "node/base/worker_pool.h"
#include "node/exchange/access.h"
#include "node/exchange/call.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/peer_identity.h"

namespace tamga::exchange {

// What all services share. All members outlive the server. Thread-safe.
struct RpcContext {
  const PeerIdentity& identity;
  const AccessPolicy& access;
  const Clock& clock;
  WorkerPool& workers;
  absl::Duration max_call;
};

// Identifies the caller, checks access, bounds the deadline.
absl::StatusOr<Call> Admit(const RpcContext& rpc, const grpc::CallbackServerContext& context, absl::string_view method);

// Serves a unary method. `work` runs on a worker; the request and response that it refers to live until it returns.
grpc::ServerUnaryReactor* ServeUnary(const RpcContext& rpc, grpc::CallbackServerContext* context,
                                     absl::string_view method, std::function<absl::Status(const Call&)> work);

// Writes a stream of responses from a worker, one at a time.
template <typename Response>
class ResponseStream final : public grpc::ServerWriteReactor<Response> {
 public:
  // Returns when the response is on its way; false if the caller is gone.
  bool Write(const Response& response) {
    MutexLock lock(mutex_);
    if (gone_) return false;
    written_ = false;
    this->StartWrite(&response);
    while (!written_) changed_.Wait(mutex_);
    return !gone_;
  }

 private:
  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    written_ = true;
    gone_ = gone_ || !ok;
    changed_.NotifyAll();
  }
  void OnCancel() override {
    MutexLock lock(mutex_);
    gone_ = true;
  }
  void OnDone() override { delete this; }

  Mutex mutex_;
  CondVar changed_;
  bool written_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

// Serves a method that answers with a stream. `work` writes and returns the final status.
template <typename Response>
grpc::ServerWriteReactor<Response>* ServeResponseStream(
    const RpcContext& rpc, grpc::CallbackServerContext* context, absl::string_view method,
    std::function<absl::Status(const Call&, ResponseStream<Response>&)> work) {
  auto* stream = new ResponseStream<Response>;  // deletes itself when gRPC is done with it
  absl::StatusOr<Call> call = Admit(rpc, *context, method);
  absl::Status started = call.status();
  if (started.ok()) {
    started = rpc.workers.Run(
        [stream, call = *std::move(call), work = std::move(work)] { stream->Finish(ToGrpc(work(call, *stream))); });
  }
  if (!started.ok()) stream->Finish(ToGrpc(started));
  return stream;
}

// Serves a method whose request is a stream: `take` gets each message, `finish` fills the response at the end. Both run
// on workers, one after the other.
template <typename Request>
class RequestStream final : public grpc::ServerReadReactor<Request> {
 public:
  using Take = std::function<absl::Status(const Call&, const Request&)>;
  using Finisher = std::function<absl::Status(const Call&)>;

  RequestStream(const RpcContext& rpc, grpc::CallbackServerContext* context, absl::string_view method, Take take,
                Finisher finisher)
      : workers_(rpc.workers),
        take_(std::move(take)),
        finisher_(std::move(finisher)),
        call_(Admit(rpc, *context, method)) {
    if (call_.ok()) {
      this->StartRead(&request_);
    } else {
      this->Finish(ToGrpc(call_.status()));
    }
  }

 private:
  void OnReadDone(bool ok) override {
    const absl::Status queued = workers_.Run([this, ok] {
      const absl::Status status = ok ? take_(*call_, request_) : finisher_(*call_);
      if (ok && status.ok()) {
        this->StartRead(&request_);
      } else {
        this->Finish(ToGrpc(status));
      }
    });
    if (!queued.ok()) this->Finish(ToGrpc(queued));
  }
  void OnDone() override { delete this; }

  WorkerPool& workers_;
  Take take_;
  Finisher finisher_;
  absl::StatusOr<Call> call_;
  Request request_;
};

}  // namespace tamga::exchange
