// The ministry's node, reached by gRPC over mTLS as a system.
#pragma once

#include <memory>
#include <set>

#include "absl/time/time.h"
#include "adapters/interior_ministry/desk.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/cli/profile.h"

namespace tamga::ministry {

class GrpcDesk final : public adapters::MinistryDesk {
 public:
  // Connects when first used. `clock` outlives this.
  GrpcDesk(cli::Profile profile, absl::Duration timeout, const Clock& clock);

  absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const v1::SubmitReadmissionRequest& request) override;
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(const v1::ActOnReadmissionCaseRequest& request) override;
  absl::StatusOr<v1::GetReadmissionCaseResponse> Get(const v1::GetReadmissionCaseRequest& request) override;
  absl::StatusOr<v1::ListReadmissionCasesResponse> List(const v1::ListReadmissionCasesRequest& request) override;
  // Has no deadline: it lasts until the node or Stop ends it.
  absl::Status Watch(const v1::WatchReadmissionCasesRequest& request, const Take& take) override;

  // Ends all calls under way, and from now on each at once, with Cancelled.
  void Stop();

 private:
  class UnderWay;
  template <typename Request, typename Response, typename Method>
  absl::StatusOr<Response> Call(Method method, const Request& request);

  const cli::Profile profile_;  // the channel refers to its trust store
  const absl::Duration timeout_;
  const std::shared_ptr<grpc::Channel> channel_;
  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::ClientContext*> under_way_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::ministry
