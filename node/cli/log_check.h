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

// Every broken promise is a Fault (see exit_code.h) with reason LOG_FAULT.
class LogCheck {
 public:
  explicit LogCheck(ledger::NoteKey key) : key_(std::move(key)) {}

  // The checkpoint, if the log signed it.
  absl::StatusOr<ledger::Checkpoint> Open(absl::string_view checkpoint) const;

  // OK if the proof shows that the given bytes are entry `index`. Returns the checkpoint that it leads to.
  absl::StatusOr<ledger::Checkpoint> CheckInclusion(uint64_t index, absl::string_view proof,
                                                    absl::string_view entry) const;

  // The checkpoint of the response, if it is of a log that begins with the log of `before`.
  absl::StatusOr<ledger::Checkpoint> CheckGrowth(const ledger::Checkpoint& before,
                                                 const v1::ProveConsistencyResponse& response) const;

  const ledger::NoteKey& key() const { return key_; }

 private:
  ledger::NoteKey key_;
};

// DataLoss with reason LOG_FAULT, marked as a Fault.
absl::Status LogFaultError(absl::string_view detail);

// "3 entries".
std::string EntriesText(uint64_t count);

}  // namespace tamga::cli
