// From the error of a command to its exit code.
#pragma once

#include "absl/status/status.h"
#include "node/base/exit_code.h"

namespace tamga::cli {

// The error as one that the node answered or that gRPC made on the way to it; errors not so marked are local.
absl::Status FromNode(const absl::Status& status);
// The error as what the command was asked to find: a log or a proof that does not verify.
absl::Status Fault(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace tamga::cli
