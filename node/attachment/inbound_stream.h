// A call that brings bytes: taken on the service's workers as they come, and looked at, which takes long, on others.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"
#include "node/base/mutex.h"
#include "node/base/worker_pool.h"
#include "node/exchange/rpc.h"

namespace tamga::attachment {

// How long a sender may be silent, and how long a call may go on in all. Bytes that came before are not sent again, so
// a slow line loses little; whoever sends nothing, or a byte now and then, keeps a place from others no longer.
struct SenderPatience {
  std::chrono::milliseconds silence{60'000};
  uint32_t most_silences = 480;  // eight hours
};

// Reads a message only when the one before it has been dealt with: a sender that is faster than the disk waits, and
// the messages of a call take the memory of one. Between two messages a call holds no thread.
template <typename Request>
class InboundStream final : public grpc::ServerReadReactor<Request> {
 public:
  using Take = std::function<absl::Status(const exchange::Call&, const Request&)>;
  using Finisher = std::function<absl::Status(const exchange::Call&)>;

  // `take` gets each message, `finisher` fills in the response at the end, on a thread of `lookers`; one after the
  // other. `rpc`, `lookers` and `context` outlive the call. A sender who has no patience left is cancelled.
  InboundStream(const exchange::RpcContext& rpc, WorkerPool& lookers, grpc::CallbackServerContext* context,
                absl::string_view method, Take take, Finisher finisher, SenderPatience patience = {})
      : rpc_(rpc),
        lookers_(lookers),
        context_(*context),
        patience_(patience),
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
      {
        MutexLock lock(mutex_);
        Watch();
      }
      ReadNext();
    } else {
      this->Finish(exchange::ToGrpc(begun));
    }
  }

 private:
  void ReadNext() {
    {
      MutexLock lock(mutex_);
      reading_ = true;
      ++reads_;
    }
    this->StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    {
      MutexLock lock(mutex_);
      reading_ = false;
    }
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
    ReadNext();
  }
  void LookAtAll() {
    absl::Status status = CheckStillGood(*call_);
    if (status.ok()) status = finisher_(*call_);
    this->Finish(exchange::ToGrpc(status));
  }

  // An alarm for each silence, as one that rings cannot be set again.
  void Watch() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(std::chrono::system_clock::now() + patience_.silence, [this](bool /*rang*/) { OnAlarm(); });
  }
  void OnAlarm() {
    {
      MutexLock lock(mutex_);
      if (!done_) {
        const bool was_silent = reading_ && reads_ == reads_before_;
        reads_before_ = reads_;
        // While bytes are looked at the sender is not to blame. OnDone waits for the lock, and the context for OnDone.
        if (was_silent || (reading_ && ++silences_ >= patience_.most_silences)) context_.TryCancel();
        Watch();
        return;
      }
    }
    delete this;
  }
  // The last alarm, which rings now or has been cancelled, deletes this.
  void OnDone() override {
    place_.reset();
    {
      MutexLock lock(mutex_);
      done_ = true;
      if (alarm_ != nullptr) return alarm_->Cancel();
    }
    delete this;
  }

  const exchange::RpcContext& rpc_;
  WorkerPool& lookers_;
  grpc::CallbackServerContext& context_;
  const SenderPatience patience_;
  const Take take_;
  const Finisher finisher_;
  const absl::StatusOr<exchange::Call> call_;
  exchange::CallPlaces::Place place_;
  Request request_;
  Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t reads_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t reads_before_ ABSL_GUARDED_BY(mutex_) = 0;
  uint32_t silences_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tamga::attachment
