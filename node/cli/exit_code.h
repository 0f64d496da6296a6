// How a command ended, in the numbers that `tamga --help` promises to scripts.
#pragma once

#include "absl/status/status.h"

namespace tamga::cli {

enum ExitCode : int {
  kSuccess = 0,
  kRefused = 1,      // the node or a partner refused, or a check found a fault
  kUsage = 2,        // the command line or an input file is wrong
  kUnreachable = 3,  // no answer from the node
  kOther = 4,
};

// The error as one that the node answered or that gRPC made on the way to it; errors not so marked are local.
absl::Status FromNode(const absl::Status& status);
// The error as what the command was asked to find: a log that does not verify, a treaty with mistakes.
absl::Status Fault(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace tamga::cli
