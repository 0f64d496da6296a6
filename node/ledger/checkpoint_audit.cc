#include "node/ledger/checkpoint_audit.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
namespace {

constexpr size_t kReadAhead = 256;

}  // namespace

absl::StatusOr<const store::CheckpointRow*> CheckpointAudit::Peek(store::Reader& reader) {
  if (read_ahead_.empty() && !at_end_) {
    ASSIGN_OR_RETURN(const std::vector<store::CheckpointRow> rows, reader.CheckpointsAfter(last_size_, kReadAhead));
    at_end_ = rows.size() < kReadAhead;
    if (!rows.empty()) last_size_ = static_cast<int64_t>(rows.back().size);
    read_ahead_.insert(read_ahead_.end(), rows.begin(), rows.end());
  }
  return read_ahead_.empty() ? nullptr : &read_ahead_.front();
}

absl::Status CheckpointAudit::CheckUpTo(store::Reader& reader, const EntryAudit& entries, uint64_t size) {
  while (true) {
    ASSIGN_OR_RETURN(const store::CheckpointRow* row, Peek(reader));
    if (row == nullptr || row->size > size) return absl::OkStatus();
    Check(*row, entries);
    read_ahead_.pop_front();
  }
}

void CheckpointAudit::Check(const store::CheckpointRow& row, const EntryAudit& entries) {
  const absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(row.note, key_, verify_);
  if (!checkpoint.ok()) {
    faults_.Add(absl::StrCat("checkpoint of size ", row.size, ": ", checkpoint.status().message()));
    return;
  }
  if (checkpoint->size != row.size) {
    faults_.Add(absl::StrCat("checkpoint of size ", row.size, ": its note says ", checkpoint->size));
    return;
  }
  newest_ = *checkpoint;
  if (!roots_agree_ || !entries.tree_is_known()) return;
  if (entries.tree().Root() == checkpoint->root) {
    last_good_size_ = row.size;
    return;
  }
  roots_agree_ = false;
  faults_.Add(absl::StrCat("checkpoint of size ", row.size, ": the entries have another root; an entry from ",
                           last_good_size_, " to ", row.size - 1, " was changed after it was signed"));
}

absl::Status CheckpointAudit::Finish(store::Reader& reader) {
  // In this order: the log may be growing, and a checkpoint is stored after its entries.
  ASSIGN_OR_RETURN(const std::optional<store::CheckpointRow> newest, reader.NewestCheckpoint());
  ASSIGN_OR_RETURN(const uint64_t entries, reader.EntryCount());
  if (newest && newest->size > entries) {
    faults_.Add(absl::StrCat("checkpoint of size ", newest->size, ": the log has only ", entries, " entries"));
  }
  return absl::OkStatus();
}

}  // namespace tamga::ledger
