// Whether the checkpoints that a node shows are all of one log.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/cli/log_check.h"
#include "node/cli/session.h"
#include "node/ledger/checkpoint.h"

namespace tamga::cli {

// A checkpoint as the log signed it.
struct SignedCheckpoint {
  std::string note;
  ledger::Checkpoint checkpoint;
};

// What a node answers that cannot serve its own log as it signed it: a Fault (LOG_FAULT) that says what to do. Other
// errors as they are.
absl::Status AsLogDamage(const absl::Status& status);

// The newest checkpoint of the node's log. Errors as of LogCheck::Open.
absl::StatusOr<SignedCheckpoint> GetNewest(Session& session, const LogCheck& check);

// OK if the node proves that the log of `after` begins with that of `before`. A Fault (LOG_FAULT) if it does not, with
// all notes that this rests on added to `contradicting`; the node's own error if it refuses, or does not answer.
absl::Status ProveGrowth(Session& session, const LogCheck& check, const SignedCheckpoint& before,
                         const SignedCheckpoint& after, std::vector<std::string>* contradicting);

// Two signed checkpoints that cannot both be true are worth more than any report of them. Writes those of `notes` that
// the log signed to files of their own, `path`.contradicting.1 and so on, unless one of these holds it already, and
// replaces none. Returns the files that hold them.
absl::StatusOr<std::vector<std::string>> KeepContradicting(const LogCheck& check, const std::vector<std::string>& notes,
                                                           const std::string& path);

}  // namespace tamga::cli
