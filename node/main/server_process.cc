#include "node/main/server_process.h"

#include <csignal>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "grpc/support/log.h"
#include "node/base/log.h"

namespace tamga::node {
namespace {

// gRPC would write unstructured lines; only its errors are of use to an operator. That our certificate does not name
// the address it is called at is none: callers check the SPIFFE id.
void ForwardGrpcLog(gpr_log_func_args* line) {
  if (absl::StrContains(line->message, "No match found for server name")) return;
  if (line->severity == GPR_LOG_SEVERITY_ERROR) Log(Severity::kWarning, "grpc", {{"detail", line->message}});
}

}  // namespace

void SetUpServerProcess() {
  // Debian's Abseil detects deadlocks in production builds, which costs more than the locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  gpr_set_log_function(ForwardGrpcLog);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace tamga::node
