// A call that brings bytes: taken on the service's workers as they come, and looked at, which takes long, on others.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/grpcpp.h"
#include "node/base/worker_pool.h"
#include "node/exchange/rpc.h"

namespace tamga::attachment {

// Reads a message only when the one before it has been dealt with: a sender that is faster than the disk waits, and
// the messages of a call take the memory of one. Between two messages a call holds no thread.
template <typename Request>
class InboundStream final : public grpc::ServerReadReactor<Request> {
 public:
  using Take = std::function<absl::Status(const exchange::Call&, const Request&)>;
  using Finisher = std::function<absl::Status(const exchange::Call&)>;

  // `take` gets each message, `finisher` fills in the response at the end, on a thread of `lookers`; one after the
  // other. `rpc`, `lookers` and `context` outlive the call.
  InboundStream(const exchange::RpcContext& rpc, WorkerPool& lookers, grpc::CallbackServerContext* context,
                absl::string_view method, Take take, Finisher finisher)
      : rpc_(rpc),
        lookers_(lookers),
        context_(*context),
        take_(std::move(take)),
        finisher_(std::move(finisher)),
        call_(Admit(rpc, *context, method)) {
    absl::Status begun = call_.status();
    if (begun.ok()) {
      absl::StatusOr<exchange::CallPlaces::Place> place = TakePlace(rpc, *call_);
      begun = place.status();
      if (place.ok()) place_ = *std::move(place);
    }
    if (begun.ok()) {
      this->StartRead(&request_);
    } else {
      this->Finish(exchange::ToGrpc(begun));
    }
  }

 private:
  void OnReadDone(bool ok) override {
    // A call that broke off ends without a message too; it is not over by that.
    if (!ok && context_.IsCancelled()) return this->Finish(grpc::Status::CANCELLED);
    const absl::Status queued =
        ok ? RunOnWorker(rpc_, *call_, [this] { TakeOne(); }) : lookers_.Run([this] { LookAtAll(); });
    if (!queued.ok()) this->Finish(exchange::ToGrpc(queued));
  }
  void TakeOne() {
    absl::Status status = CheckStillGood(*call_);
    if (status.ok()) status = take_(*call_, request_);
    if (!status.ok()) return this->Finish(exchange::ToGrpc(status));
    this->StartRead(&request_);
  }
  void LookAtAll() {
    absl::Status status = CheckStillGood(*call_);
    if (status.ok()) status = finisher_(*call_);
    this->Finish(exchange::ToGrpc(status));
  }
  void OnDone() override { delete this; }

  const exchange::RpcContext& rpc_;
  WorkerPool& lookers_;
  grpc::CallbackServerContext& context_;
  const Take take_;
  const Finisher finisher_;
  const absl::StatusOr<exchange::Call> call_;
  exchange::CallPlaces::Place place_;
  Request request_;
};

}  // namespace tamga::attachment
