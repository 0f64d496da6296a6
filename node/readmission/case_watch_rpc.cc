#include "node/readmission/case_watch_rpc.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"

namespace tamga::readmission {

CaseWatchStream* CaseWatchStream::Start(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context,
                                        CaseWatches& watches, const v1::WatchReadmissionCasesRequest& request) {
  const std::shared_ptr<CaseWatchStream> stream(new CaseWatchStream(*context, watches));
  stream->self_ = stream;
  const absl::Status started = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(exchange::Call call, Admit(rpc, *context, "ReadmissionService.WatchReadmissionCases"));
    ASSIGN_OR_RETURN(exchange::CallPlaces::Place place, TakePlace(rpc, call));  // while it begins
    stream->still_good_ = [call] { return CheckStillGood(call); };
    return rpc.workers.Run(
        [stream, caller = call.caller.SpiffeId(), cursor = request.cursor(), place = std::move(place)] {
          if (const absl::Status begun = stream->Begin(stream, caller, cursor); !begun.ok()) stream->End(begun);
        });
  }();
  if (!started.ok()) stream->End(started);
  return stream.get();
}

absl::Status CaseWatchStream::Begin(std::shared_ptr<WatchSink> self, const std::string& caller,
                                    const std::string& cursor) {
  RETURN_IF_ERROR(watches_.Begin(caller, cursor, std::move(self)));
  bool is_gone = false;
  {
    MutexLock lock(mutex_);
    is_gone = gone_;
  }
  if (is_gone) watches_.Leave(this);  // he went before there was something to leave
  return absl::OkStatus();
}

void CaseWatchStream::Send(const v1::WatchReadmissionCasesResponse& response) {
  MutexLock lock(mutex_);
  if (gone_ || end_) return;
  // The watches wait for this call to return; OnDone, on a thread of gRPC's, leaves them. He is told why.
  if (const absl::Status good = still_good_(); !good.ok()) {
    end_ = exchange::ToGrpc(good);
    Finish(*end_);
    return;
  }
  current_ = response;
  writing_ = true;
  StartWrite(&current_);
}

void CaseWatchStream::End(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (end_) return;
  end_ = exchange::ToGrpc(status);
  if (!writing_) Finish(*end_);
}

void CaseWatchStream::CutOff(const absl::Status& status) {
  MutexLock lock(mutex_);
  if (end_) return;
  end_ = exchange::ToGrpc(status);
  if (writing_) {
    context_.TryCancel();  // OnWriteDone finishes
  } else {
    Finish(*end_);
  }
}

void CaseWatchStream::OnWriteDone(bool ok) {
  {
    MutexLock lock(mutex_);
    writing_ = false;
    if (end_) {
      Finish(*end_);
      return;
    }
  }
  if (ok) {
    watches_.Taken(this);
  } else {
    OnCancel();
  }
}

void CaseWatchStream::OnCancel() {
  {
    MutexLock lock(mutex_);
    gone_ = true;
  }
  watches_.Leave(this);
  End(absl::CancelledError("the caller is gone"));
}

void CaseWatchStream::OnDone() {
  watches_.Leave(this);
  std::shared_ptr<CaseWatchStream> last = std::move(self_);
}

}  // namespace tamga::readmission
