// The audit of entries, one by one in order of index.
#pragma once

#include <cstdint>

#include "node/ledger/compact_range.h"
#include "node/ledger/fault_list.h"
#include "node/ledger/hash.h"
#include "node/store/rows.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::ledger {

// Checks each entry by itself and builds the tree of what the entries are now.
class EntryAudit {
 public:
  explicit EntryAudit(FaultList& faults) : faults_(faults) {}

  // The next entry. Entries that were left out before it are named as missing.
  void Add(const store::EntryRow& row);
  // Entry `index` cannot be read, for the reason `why`.
  void AddUnreadable(uint64_t index, absl::string_view why);
  // No entries follow up to `end`; those not yet seen are missing.
  void Finish(uint64_t end) { NameMissing(end); }

  // Tree of the entries so far. Once an entry is missing it can no longer be known.
  const CompactRange& tree() const { return tree_; }
  bool tree_is_known() const { return tree_is_known_; }
  // Index of the entry to be added next.
  uint64_t next() const { return next_; }

 private:
  void NameMissing(uint64_t end);

  FaultList& faults_;
  CompactRange tree_;
  v1::LogEntry entry_;  // one for all, so that it need not be allocated anew
  uint64_t next_ = 0;
  bool tree_is_known_ = true;
};

}  // namespace tamga::ledger
