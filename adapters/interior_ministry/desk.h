// What the ministry's adapter needs of its node, whichever way that is reached.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::adapters {

// ReadmissionService as its callers see it. Errors keep their codes and reasons. Thread-safe.
class MinistryDesk {
 public:
  virtual ~MinistryDesk() = default;
  virtual absl::StatusOr<v1::SubmitReadmissionResponse> Submit(const v1::SubmitReadmissionRequest& request) = 0;
  virtual absl::StatusOr<v1::ActOnReadmissionCaseResponse> Act(const v1::ActOnReadmissionCaseRequest& request) = 0;
  virtual absl::StatusOr<v1::GetReadmissionCaseResponse> Get(const v1::GetReadmissionCaseRequest& request) = 0;
  virtual absl::StatusOr<v1::ListReadmissionCasesResponse> List(const v1::ListReadmissionCasesRequest& request) = 0;

  // `take` gets each change and says whether it wants more. Returns OK when it does not, or why the watch ended.
  using Take = std::function<bool(const v1::WatchReadmissionCasesResponse&)>;
  virtual absl::Status Watch(const v1::WatchReadmissionCasesRequest& request, const Take& take) = 0;
};

}  // namespace tamga::adapters
