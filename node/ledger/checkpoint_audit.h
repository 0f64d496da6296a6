// The audit of stored checkpoints against the tree that grows while entries are read.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "absl/status/status.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_audit.h"
#include "node/ledger/fault_list.h"
#include "node/ledger/note.h"
#include "node/store/reader.h"

namespace tamga::ledger {

class CheckpointAudit {
 public:
  // `key`, `verify` and `faults` must outlive it.
  CheckpointAudit(const NoteKey& key, const SignatureVerifier& verify, FaultList& faults)
      : key_(key), verify_(verify), faults_(faults) {}

  // Checks the stored checkpoints of sizes up to `size`, which `entries` has just reached. To be called for each size
  // from 0 on. After the first root that differs no others are compared: each of them would differ for the same cause.
  absl::Status CheckUpTo(store::Reader& reader, const EntryAudit& entries, uint64_t size);
  // Names a stored checkpoint that would need more entries than there are.
  absl::Status Finish(store::Reader& reader);

  // The one of the largest size whose signature verified.
  const std::optional<Checkpoint>& newest() const { return newest_; }

 private:
  // The next stored checkpoint, or null.
  absl::StatusOr<const store::CheckpointRow*> Peek(store::Reader& reader);
  void Check(const store::CheckpointRow& row, const EntryAudit& entries);

  const NoteKey& key_;
  const SignatureVerifier& verify_;
  FaultList& faults_;
  std::deque<store::CheckpointRow> read_ahead_;
  int64_t last_size_ = -1;
  bool at_end_ = false;
  bool roots_agree_ = true;
  uint64_t last_good_size_ = 0;
  std::optional<Checkpoint> newest_;
};

}  // namespace tamga::ledger
