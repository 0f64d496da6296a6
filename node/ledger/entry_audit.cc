#include "node/ledger/entry_audit.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "node/ledger/entry_row.h"

namespace tamga::ledger {
namespace {

// What the columns say differently from the entry's bytes; "" if nothing.
std::string DifferingColumn(const store::EntryRow& stored, const store::EntryRow& parsed) {
  if (stored.exchange_id != parsed.exchange_id) return "exchange id";
  if (stored.kind != parsed.kind) return "kind";
  if (stored.partner != parsed.partner) return "partner";
  if (stored.outcome != parsed.outcome) return "outcome";
  if (stored.treaty_id != parsed.treaty_id) return "treaty";
  if (stored.articles != parsed.articles) return "list of articles";
  if (stored.record_kind != parsed.record_kind) return "kind of record";
  if (stored.operation != parsed.operation) return "operation";
  if (stored.time != parsed.time) return "time";
  if (stored.asker != parsed.asker) return "asker";
  if (stored.case_file != parsed.case_file) return "case";
  return "";
}

}  // namespace

void EntryAudit::Add(const store::EntryRow& row) {
  NameMissing(row.index);
  next_ = row.index + 1;
  const Hash leaf = LeafHash(row.body);
  tree_.AppendLeaf(leaf);
  if (leaf.bytes() != row.leaf) {
    faults_.AddAt(row.index, row.exchange_id, "the entry's bytes do not hash to its leaf: entry or leaf was changed");
    return;
  }
  const absl::StatusOr<store::EntryRow> parsed = EntryRowOf(row.body, leaf);
  if (!parsed.ok()) {
    faults_.AddAt(row.index, row.exchange_id, absl::StrCat("the entry cannot be read: ", parsed.status().message()));
    return;
  }
  const std::string column = DifferingColumn(row, *parsed);
  if (!column.empty()) {
    faults_.AddAt(row.index, parsed->exchange_id,
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
