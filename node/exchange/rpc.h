// How a service method is served: admit the caller, then do the work on the node's own workers, never on gRPC's two
// callback threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "grpcpp/grpcpp.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/status_macros.h"
#include "node/base/worker_pool.h"
#include "node/exchange/access.h"
#include "node/exchange/call.h"
#include "node/exchange/call_lanes.h"
#include "node/exchange/call_places.h"
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
  CallPlaces* places = nullptr;  // null: as many calls as the workers' queue holds, whosever they are
  CallLanes* lanes = nullptr;    // of `workers`; null: one State may have all of them
};

// Identifies the caller, checks access, bounds the deadline.
absl::StatusOr<Call> Admit(const RpcContext& rpc, const grpc::CallbackServerContext& context, absl::string_view method);

// For streams, before each message: the caller's certificates may have been revoked since the call began (see
// Call.still_good). What it costs while nothing has changed is a hash.
absl::Status CheckStillGood(const Call& call);

// The call's place among those of its agency, to be held while it is worked on.
absl::StatusOr<CallPlaces::Place> TakePlace(const RpcContext& rpc, const Call& call);

// Has the call's `work` done by a worker. ResourceExhausted (OVERLOADED) if too many calls wait.
absl::Status RunOnWorker(const RpcContext& rpc, const Call& call, std::function<void()> work);

// Serves a unary method. `work` runs on a worker; the request and response that it refers to live until it returns.
grpc::ServerUnaryReactor* ServeUnary(const RpcContext& rpc, grpc::CallbackServerContext* context,
                                     absl::string_view method, std::function<absl::Status(const Call&)> work);

// Writes a stream of responses. Nobody waits for the caller: a caller who reads slowly, or not at all, must hold
// neither a worker nor anything else that others need.
template <typename Response>
class ResponseStream final : public grpc::ServerWriteReactor<Response> {
 public:
  // `patience` is how long a response may lie before the caller counts as gone.
  ResponseStream(grpc::CallbackServerContext& context, const Clock& clock, absl::Duration patience)
      : context_(context), clock_(clock), patience_(patience) {}

  // Before the first Write: asked before each.
  void SetCheck(std::function<absl::Status()> check) { check_ = std::move(check); }

  // Sends the response once the caller has taken the one before; until then a newer one takes its place. False if the
  // caller is gone, or the check says no.
  bool Write(const Response& response) {
    const absl::Status checked = check_ ? check_() : absl::OkStatus();
    MutexLock lock(mutex_);
    if (!checked.ok() && refused_.ok()) refused_ = checked;
    if (gone_ || !refused_.ok()) return false;
    if (writing_) {
      next_ = response;
      return clock_.Now() < taken_until_;
    }
    Start(response);
    return true;
  }

  // Ends the stream, after the last response unless `status` is an error; with what the check said if it said no. To be
  // called once; nothing may follow it.
  void End(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      end_ = ToGrpc(refused_.ok() ? status : refused_);
      if (!status.ok() || !refused_.ok()) next_.reset();
      if (writing_) {
        if (clock_.Now() >= taken_until_) context_.TryCancel();
        return;
      }
    }
    this->Finish(*end_);
  }

 private:
  void Start(const Response& response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    current_ = response;
    writing_ = true;
    taken_until_ = clock_.Now() + patience_;
    this->StartWrite(&current_);
  }
  void OnWriteDone(bool ok) override {
    {
      MutexLock lock(mutex_);
      writing_ = false;
      gone_ = gone_ || !ok;
      if (next_ && !gone_) {
        Start(*std::exchange(next_, std::nullopt));
        return;
      }
      if (!end_) return;
    }
    this->Finish(*end_);
  }
  void OnCancel() override {
    MutexLock lock(mutex_);
    gone_ = true;
  }
  void OnDone() override { delete this; }

  grpc::CallbackServerContext& context_;
  const Clock& clock_;
  const absl::Duration patience_;
  std::function<absl::Status()> check_;
  Mutex mutex_;
  absl::Status refused_ ABSL_GUARDED_BY(mutex_);
  Response current_ ABSL_GUARDED_BY(mutex_);  // must live until it is written
  std::optional<Response> next_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Status> end_;  // set once, before the one who reads it is chosen under the lock
  absl::Time taken_until_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

// Serves a method that answers with a stream. `work` writes and returns the final status.
template <typename Response>
grpc::ServerWriteReactor<Response>* ServeResponseStream(
    const RpcContext& rpc, grpc::CallbackServerContext* context, absl::string_view method, absl::Duration patience,
    std::function<absl::Status(const Call&, ResponseStream<Response>&)> work) {
  auto* stream = new ResponseStream<Response>(*context, rpc.clock, patience);  // deletes itself when gRPC is done
  const absl::Status started = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(Call call, Admit(rpc, *context, method));
    ASSIGN_OR_RETURN(CallPlaces::Place place, TakePlace(rpc, call));
    return rpc.workers.Run(
        [stream, call = std::move(call), place = std::move(place), work = std::move(work)]() mutable {
          stream->SetCheck([&call] { return CheckStillGood(call); });
          const absl::Status done = work(call, *stream);
          place.reset();  // before the caller can ask again
          stream->End(done);
        });
  }();
  if (!started.ok()) stream->End(started);
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
      absl::Status status = CheckStillGood(*call_);
      if (status.ok()) status = ok ? take_(*call_, request_) : finisher_(*call_);
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
