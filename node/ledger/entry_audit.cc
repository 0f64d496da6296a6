#include "node/ledger/entry_audit.h"

#include "absl/strings/str_cat.h"
#include "node/ledger/entry_row.h"

namespace tamga::ledger {

void EntryAudit::Add(const store::EntryRow& row) {
  NameMissing(row.index);
  next_ = row.index + 1;
  const Hash leaf = LeafHash(row.body);
  tree_.AppendLeaf(leaf);
  if (leaf.bytes() != row.leaf) {
    faults_.AddAt(row.index, row.exchange_id, "the entry's bytes do not hash to its leaf: entry or leaf was changed");
    return;
  }
  if (const absl::Status status = ReadEntry(row.body, entry_); !status.ok()) {
    faults_.AddAt(row.index, row.exchange_id, absl::StrCat("the entry cannot be read: ", status.message()));
    return;
  }
  if (const absl::string_view column = DifferingColumn(row, entry_); !column.empty()) {
    faults_.AddAt(row.index, entry_.exchange_id(),
                  absl::StrCat("the entry's ", column, " differs from its index column"));
  }
}

void EntryAudit::AddUnreadable(uint64_t index, absl::string_view why) {
  NameMissing(index);
  next_ = index + 1;
  tree_is_known_ = false;
  faults_.AddAt(index, "", absl::StrCat("the entry cannot be read from the file: ", why));
}

void EntryAudit::NameMissing(uint64_t end) {
  for (; next_ < end && !faults_.full(); ++next_) {
    tree_is_known_ = false;
    faults_.AddAt(next_, "", "the entry is missing");
  }
}

}  // namespace tamga::ledger
