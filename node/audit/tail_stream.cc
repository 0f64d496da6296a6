#include "node/audit/tail_stream.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"

namespace tamga::audit {

TailStream* TailStream::Start(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context, Tails& tails,
                              const ReadingLog& readings, const v1::TailEntriesRequest& request) {
  const std::shared_ptr<TailStream> stream(new TailStream(*context, tails));
  stream->self_ = stream;
  const absl::Status started = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(exchange::Call call, Admit(rpc, *context, "AuditService.TailEntries"));
    ASSIGN_OR_RETURN(exchange::CallPlaces::Place place, TakePlace(rpc, call));  // while it begins
    stream->still_good_ = [call] { return CheckStillGood(call); };
    return rpc.workers.Run([stream, caller = call.caller, place = std::move(place), &readings, request] {
      if (const absl::Status begun = stream->Begin(stream, caller, readings, request); !begun.ok()) stream->End(begun);
    });
  }();
  if (!started.ok()) stream->End(started);
  return stream.get();
}

absl::Status TailStream::Begin(std::shared_ptr<TailSink> self, const certs::Principal& caller,
                               const ReadingLog& readings, const v1::TailEntriesRequest& request) {
  ASSIGN_OR_RETURN(store::EntryFilter filter, tails_.Check(caller, request));
  RETURN_IF_ERROR(readings.Add(caller, "TailEntries"));
  const std::optional<uint64_t> from =
      request.has_from_index() ? std::optional<uint64_t>(request.from_index()) : std::nullopt;
  RETURN_IF_ERROR(tails_.Begin(caller.agency, std::move(filter), from, std::move(self)));
  bool is_gone = false;
  {
    MutexLock lock(mutex_);
    is_gone = gone_;
  }
  if (is_gone) tails_.Leave(this);  // he went before there was something to leave
  return absl::OkStatus();
}

void TailStream::Send(const v1::IndexedEntry& entry) {
  MutexLock lock(mutex_);
  if (gone_ || end_) return;
  // The tails wait for this call to return; OnDone, on a thread of gRPC's, leaves them. He is told why.
  if (const absl::Status good = still_good_(); !good.ok()) {
    end_ = exchange::ToGrpc(good);
    Finish(*end_);
    return;
  }
  *current_.mutable_entry() = entry;
  writing_ = true;
  StartWrite(&current_);
}

void TailStream::End(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (end_) return;
  end_ = exchange::ToGrpc(status);
  if (!writing_) Finish(*end_);
}

void TailStream::CutOff(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (end_) return;
  end_ = exchange::ToGrpc(status);
  if (writing_) {
    context_.TryCancel();  // OnWriteDone finishes
  } else {
    Finish(*end_);
  }
}

void TailStream::OnWriteDone(bool ok) {
  {
    MutexLock lock(mutex_);
    writing_ = false;
    if (end_) {
      Finish(*end_);
      return;
    }
  }
  if (ok) {
    tails_.Taken(this);
  } else {
    OnCancel();
  }
}

void TailStream::OnCancel() {
  {
    MutexLock lock(mutex_);
    gone_ = true;
  }
  tails_.Leave(this);
  End(absl::CancelledError("the caller is gone"));
}

void TailStream::OnDone() {
  tails_.Leave(this);
  std::shared_ptr<TailStream> last = std::move(self_);
}

}  // namespace tamga::audit
