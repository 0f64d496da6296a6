// Whether a log keeps its promises, judged from what it signs alone: the node that runs it is not trusted.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/note.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {

// Every broken promise is a Fault (see exit_code.h) with reason LOG_FAULT. What does not even claim to be of the key's
// log is none: InvalidArgument (OTHER_LOG), which says what to give instead.
class LogCheck {
 public:
  explicit LogCheck(ledger::NoteKey key) : key_(std::move(key)) {}

  // The checkpoint, if the log signed it.
  absl::StatusOr<ledger::Checkpoint> Open(absl::string_view checkpoint) const;

  // OK if the proof shows that the given bytes are entry `index`. Returns the checkpoint that it leads to.
  absl::StatusOr<ledger::Checkpoint> CheckInclusion(uint64_t index, absl::string_view proof,
                                                    absl::string_view entry) const;

  // OK if the response, which must be about just these two, shows that the log of `after` begins with that of `before`.
  absl::Status CheckGrowth(const ledger::Checkpoint& before, const ledger::Checkpoint& after,
                           const v1::ProveConsistencyResponse& response) const;

  // OK if the two can be of one log as far as their sizes and roots tell, and `now` is no smaller.
  absl::Status CheckSizes(const ledger::Checkpoint& before, const ledger::Checkpoint& now) const;

  const ledger::NoteKey& key() const { return key_; }

 private:
  ledger::NoteKey key_;
};

// The error of a check that asks no node, with LOG_FAULT made COPY_FAULT: whether the log or only these files were
// changed cannot be told without the node.
absl::Status WithoutNode(const absl::Status& status);

// DataLoss with reason LOG_FAULT, marked as a Fault.
absl::Status LogFaultError(absl::string_view detail);

// "3 entries".
std::string EntriesText(uint64_t count);

}  // namespace tamga::cli
