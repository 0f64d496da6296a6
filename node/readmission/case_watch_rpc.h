// A watch as a gRPC stream.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "grpcpp/grpcpp.h"
#include "node/base/mutex.h"
#include "node/exchange/rpc.h"
#include "node/readmission/case_watch.h"

namespace tamga::readmission {

class CaseWatchStream final : public grpc::ServerWriteReactor<v1::WatchReadmissionCasesResponse>, public WatchSink {
 public:
  // Admits the caller, and begins. gRPC keeps what is returned until the stream has ended. `rpc` and `watches` outlive
  // it.
  static CaseWatchStream* Start(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context,
                                CaseWatches& watches, const v1::WatchReadmissionCasesRequest& request);

  void Send(const v1::WatchReadmissionCasesResponse& response) override;
  void End(const absl::Status& status) override;
  void CutOff(const absl::Status& status) override;

 private:
  CaseWatchStream(grpc::CallbackServerContext& context, CaseWatches& watches) : context_(context), watches_(watches) {}
  // `self` keeps this alive; gRPC may be done with it at any time.
  absl::Status Begin(std::shared_ptr<WatchSink> self, const std::string& caller, const std::string& cursor);
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  std::function<absl::Status()> still_good_;  // set before the first change
  grpc::CallbackServerContext& context_;      // there until the stream has ended
  CaseWatches& watches_;
  std::shared_ptr<CaseWatchStream> self_;  // until gRPC is done; the watches may hold it a little longer
  Mutex mutex_;
  v1::WatchReadmissionCasesResponse current_ ABSL_GUARDED_BY(mutex_);  // must live until it is written
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tamga::readmission
