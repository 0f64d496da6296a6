// For tests: a log in memory that proves what it is told to, with the arithmetic of node/ledger.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/ed25519.h"
#include "node/ledger/hash.h"
#include "node/ledger/note.h"
#include "node/ledger/tile_paths.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {

class TestLog {
 public:
  explicit TestLog(char seed = 's');

  // Appends an entry whose bytes are those of a LogEntry with this reason.
  void Append(const std::string& reason);
  void Append(const v1::LogEntry& entry) { entries_.push_back(entry.SerializeAsString()); }
  // Puts another entry in place of one that is in the log already: what must not go unnoticed.
  void Rewrite(uint64_t index, const std::string& reason);

  uint64_t size() const { return entries_.size(); }
  const std::string& entry(uint64_t index) const { return entries_[index]; }
  const ledger::NoteKey& key() const { return note_key_; }

  // Of the first `size` entries.
  std::string Checkpoint(uint64_t size) const;
  // In the tree of the first `size` entries, or of all.
  v1::ProveInclusionResponse ProveInclusion(uint64_t index, uint64_t size = 0) const;
  v1::ProveConsistencyResponse ProveConsistency(uint64_t old_size, uint64_t new_size = 0) const;
  // As a node serves it; NotFound (TILE_UNKNOWN) for a partial tile that is full by now.
  absl::StatusOr<std::string> Tile(const ledger::TilePath& path) const;

 private:
  certs::Ed25519Key key_;
  ledger::NoteKey note_key_;
  std::vector<std::string> entries_;
};

}  // namespace tamga::cli
