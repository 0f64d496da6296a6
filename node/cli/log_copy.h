// A log's copy in a folder, in the layout of C2SP tlog-tiles, so that any monitor reads it as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/cli/log_check.h"
#include "node/cli/log_growth.h"
#include "node/cli/session.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/copy_check.h"

namespace tamga::cli {

// Faults of ledger/copy_check.h as what the command was asked to find; other errors as they are.
absl::Status AsLogFault(const absl::Status& status);

// The files of a folder.
class FolderSource final : public ledger::TileSource {
 public:
  explicit FolderSource(std::string folder) : folder_(std::move(folder)) {}

  // A file that is missing is a CopyFault.
  absl::StatusOr<std::vector<std::string>> Get(const std::vector<ledger::TilePath>& paths) override;

  // The signed note of the checkpoint; nothing if there is none.
  absl::StatusOr<std::optional<std::string>> ReadCheckpoint() const;

 private:
  const std::string folder_;
};

struct LogCopy {
  SignedCheckpoint newest;
  uint64_t known = 0;  // entries that the folder held before
};

// Brings the folder up to the newest checkpoint of the node's log: hashes again what the folder has, gets what is new
// and checks the two together; only then puts it into its place, and writes the checkpoint last. So a copy that was
// broken off counts for nothing, and nothing that a node sends spoils a good one. Faults (LOG_FAULT) for a log that was
// not signed by `check`'s key, does not fit its checkpoint, or does not begin with what the folder has; checkpoints
// that contradict the folder's are then kept beside it, as evidence (KeepContradicting). A folder that was changed is a
// Fault (COPY_FAULT), one with another log or a broken checkpoint InvalidArgument.
absl::StatusOr<LogCopy> CopyLog(Session& session, const LogCheck& check, const std::string& folder,
                                Environment& environment);

// Hashes the whole folder and checks it against its checkpoint; a Fault (COPY_FAULT) names what does not agree first.
// NotFound or InvalidArgument if there is no checkpoint of `check`'s log in it.
absl::StatusOr<ledger::Checkpoint> VerifyCopy(const LogCheck& check, const std::string& folder,
                                              Environment& environment);

// OK if the log in the folder, which was found to be that of `whole` (VerifyCopy), begins with that of `beginning`,
// which is no larger; a Fault (LOG_FAULT) otherwise.
absl::Status CheckCopyBeginsWith(const std::string& folder, const ledger::Checkpoint& whole,
                                 const ledger::Checkpoint& beginning);

}  // namespace tamga::cli
