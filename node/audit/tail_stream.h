// A tail as a gRPC stream.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "grpcpp/grpcpp.h"
#include "node/audit/reading_log.h"
#include "node/audit/tails.h"
#include "node/base/mutex.h"
#include "node/exchange/rpc.h"

namespace tamga::audit {

class TailStream final : public grpc::ServerWriteReactor<v1::TailEntriesResponse>, public TailSink {
 public:
  // Admits the caller, logs that he reads, and begins. gRPC keeps what is returned until the stream has ended.
  static TailStream* Start(const exchange::RpcContext& rpc, grpc::CallbackServerContext* context, Tails& tails,
                           const ReadingLog& readings, const v1::TailEntriesRequest& request);

  void Send(const v1::IndexedEntry& entry) override;
  void End(const absl::Status& status) override;
  void CutOff(const absl::Status& status) override;

 private:
  TailStream(grpc::CallbackServerContext& context, Tails& tails) : context_(context), tails_(tails) {}
  // `self` keeps this alive; gRPC may be done with it at any time.
  absl::Status Begin(std::shared_ptr<TailSink> self, const certs::Principal& caller, const ReadingLog& readings,
                     const v1::TailEntriesRequest& request);
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  std::function<absl::Status()> still_good_;  // set before the first entry
  grpc::CallbackServerContext& context_;      // there until the stream has ended
  Tails& tails_;
  std::shared_ptr<TailStream> self_;  // until gRPC is done; the tails may hold it a little longer
  Mutex mutex_;
  v1::TailEntriesResponse current_ ABSL_GUARDED_BY(mutex_);  // must live until it is written
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tamga::audit
