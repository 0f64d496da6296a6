// The audit of the indexes by which entries are found: an entry that is in the log, and that no search finds, is as
// good as hidden.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "absl/status/status.h"
#include "node/ledger/fault_list.h"
#include "node/store/exchange_db.h"

namespace tamga::ledger {

class IndexAudit {
 public:
  explicit IndexAudit(FaultList& faults) : faults_(faults) {}

  // What the indexes should hold of the next entries, `begin` to `end` - 1. If these cannot be read, which whoever
  // audits the entries names, nothing is known and nothing is compared.
  absl::Status Add(store::Reader& reader, uint64_t begin, uint64_t end);

  // Compares, once all entries below `end` were added, and names those that are not found. `go_on` is called now and
  // then, while no reading connection is held; its error ends the audit.
  absl::Status Finish(store::ReadableDb& database, uint64_t end, const std::function<absl::Status()>& go_on);

 private:
  absl::Status Compare(store::Reader& reader, store::EntryIndex index, uint64_t end, bool* differs);
  absl::Status NameUnfound(store::ReadableDb& database, store::EntryIndex index, uint64_t end,
                           const std::function<absl::Status()>& go_on);

  FaultList& faults_;
  std::map<store::EntryIndex, store::EntryKeys> expected_;
  bool is_damaged_ = false;
};

}  // namespace tamga::ledger
