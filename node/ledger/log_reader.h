// Proofs from a log that may be growing meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/hash.h"
#include "node/ledger/tile_cache.h"
#include "node/store/exchange_db.h"

namespace tamga::ledger {

// Thread-safe. The database must outlive it. The newest checkpoint is Sequencer::NewestCheckpoint.
class LogReader {
 public:
  explicit LogReader(store::ReadableDb& database);

  // tlog-proof text (see tlog_proof.h) that entry `index` is in the log under `checkpoint`, a signed note of this log.
  // InvalidArgument if the entry is not within the checkpoint's size or the note is malformed, DataLoss if the stored
  // tree does not lead to the checkpoint's root.
  absl::StatusOr<std::string> ProveInclusion(uint64_t index, absl::string_view checkpoint);

  // Hashes that prove that the log of `new_size` begins with that of `old_size` (RFC 9162 section 2.1.4.1).
  // InvalidArgument unless 0 < old_size <= new_size <= entries in the log.
  absl::StatusOr<std::vector<Hash>> ProveConsistency(uint64_t old_size, uint64_t new_size);

  // The same from `old_size` to a checkpoint that this log signed, for whoever holds it against us if the proof does
  // not hold: DataLoss if what is stored does not lead to the checkpoint's root.
  absl::StatusOr<std::vector<Hash>> ProveGrowth(uint64_t old_size, const Checkpoint& newest);

 private:
  store::ReadableDb& database_;
  TileCache tiles_;
};

}  // namespace tamga::ledger
