// What an entry SEAL_CHANGED proves: that the log stood as it says before the new key was used.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "certs/current_trust.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/note.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {

// The head that entry `index` of the log holds, if the log `key` signed it, it is over earlier entries alone, and the
// entry's agency sealed it by the key that it says it seals with from then on, with a certificate that was good then.
// FailedPrecondition (NO_HEAD) for an entry that holds none; InvalidArgument or Unauthenticated, with what does not
// hold, otherwise.
absl::StatusOr<ledger::Checkpoint> CheckHead(const v1::LogEntry& entry, uint64_t index, const ledger::NoteKey& key,
                                             const certs::CurrentTrust& trust);

}  // namespace tamga::evidence
