// An audit of a node's whole log: what the node finds itself, and what can be checked without trusting it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/cli/environment.h"
#include "node/cli/log_check.h"
#include "node/cli/session.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {

struct LogAudit {
  v1::VerifyVerdict verdict;  // the node's, with the faults that were found here added
  std::string checkpoint;     // newest signed note that was seen
  uint64_t entries_proven = 0;
  std::optional<uint64_t> consistent_since;  // size of the earlier checkpoint that the log was shown to begin with
};

// Has the node verify its log, and checks the signature of its checkpoint, the inclusion of `sample` entries at random
// and, with an earlier checkpoint of this log, that the log still begins with what it was then. An error means that the
// audit could not be done; a bad log is a verdict.
absl::StatusOr<LogAudit> AuditLog(Session& session, const LogCheck& check, const std::string& earlier_checkpoint,
                                  uint64_t sample, Environment& environment);

}  // namespace tamga::cli
