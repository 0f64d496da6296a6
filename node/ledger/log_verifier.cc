#include "node/ledger/log_verifier.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint_audit.h"
#include "node/ledger/entry_audit.h"
#include "node/ledger/fault_list.h"
#include "node/ledger/tile_audit.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kReadAhead = 256;

// A damaged file is a finding; any other error ends the audit.
absl::Status ReportDamage(absl::string_view what, const absl::Status& status, FaultList& faults) {
  if (!absl::IsDataLoss(status)) return status;
  faults.Add(absl::StrCat(what, ": ", status.message()));
  return absl::OkStatus();
}

class Audit {
 public:
  Audit(store::Reader& reader, const NoteKey& key, const SignatureVerifier& verify)
      : reader_(reader), entries_(faults_), checkpoints_(reader, key, verify, faults_) {}

  absl::StatusOr<LogVerdict> Run(const SettleLog& settle, const VerifyProgress& progress) {
    ASSIGN_OR_RETURN(const uint64_t before, Count());
    RETURN_IF_ERROR(settle());
    ASSIGN_OR_RETURN(const uint64_t size, SizeOfNewestCheckpoint(before));
    RETURN_IF_ERROR(ReportDamage("entries", NameStrays(size, before), faults_));
    ASSIGN_OR_RETURN(const uint64_t now, Count());
    const uint64_t end = std::min(size, now);
    RETURN_IF_ERROR(CheckCheckpoints(0));
    for (uint64_t begin = 0; begin < end && !faults_.full(); begin += kReadAhead) {
      RETURN_IF_ERROR(CheckEntries(begin, std::min(begin + kReadAhead, end)));
      if (!progress(std::min(begin + kReadAhead, end), end)) return absl::CancelledError("the audit was cancelled");
    }
    AuditTiles(reader_, end, faults_);
    RETURN_IF_ERROR(ReportDamage("checkpoints", checkpoints_.Finish(), faults_));
    return Verdict();
  }

 private:
  // 0 if the file is damaged there.
  absl::StatusOr<uint64_t> Count() {
    const absl::StatusOr<uint64_t> count = reader_.EntryCount();
    if (!count.ok()) RETURN_IF_ERROR(ReportDamage("entries", count.status(), faults_));
    return count.value_or(0);
  }

  // `otherwise` if the file is damaged there.
  absl::StatusOr<uint64_t> SizeOfNewestCheckpoint(uint64_t otherwise) {
    const absl::StatusOr<std::optional<store::CheckpointRow>> newest = reader_.NewestCheckpoint();
    if (newest.ok()) return newest->has_value() ? (*newest)->size : 0;
    checkpoints_are_damaged_ = true;
    RETURN_IF_ERROR(ReportDamage("checkpoints", newest.status(), faults_));
    return otherwise;
  }

  // What is listed among the entries without being signed is no entry, whatever it says.
  absl::Status NameStrays(uint64_t size, uint64_t count) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> strays, reader_.StrayEntries(size, count, kMaxFaults));
    for (const int64_t index : strays) {
      faults_.Add(absl::StrCat("a row of index ", index, " is in the table of entries, but not in the log of ", size,
                               " entries: it was put into the file by hand, or a checkpoint was removed"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntries(uint64_t begin, uint64_t end) {
    const absl::StatusOr<std::vector<store::EntryRow>> rows = reader_.EntriesFrom(begin, end - begin);
    if (!rows.ok()) return CheckOneByOne(begin, end, rows.status());
    for (const store::EntryRow& row : *rows) {
      // Where entries are missing, the rows go on beyond this stretch; the next stretch reads them again.
      if (row.index >= end) break;
      RETURN_IF_ERROR(CheckEntry(row));
    }
    entries_.Finish(end);
    return absl::OkStatus();
  }

  // Finds out which entries of a stretch are those that cannot be read.
  absl::Status CheckOneByOne(uint64_t begin, uint64_t end, const absl::Status& status) {
    if (!absl::IsDataLoss(status)) return status;
    for (uint64_t index = begin; index < end && !faults_.full(); ++index) {
      const absl::StatusOr<store::EntryRow> row = reader_.EntryAt(index);
      if (row.ok()) {
        RETURN_IF_ERROR(CheckEntry(*row));
      } else if (absl::IsDataLoss(row.status())) {
        entries_.AddUnreadable(index, row.status().message());
      } else if (!absl::IsNotFound(row.status())) {
        return row.status();
      }
    }
    entries_.Finish(end);
    return absl::OkStatus();
  }

  absl::Status CheckEntry(const store::EntryRow& row) {
    entries_.Add(row);
    return CheckCheckpoints(row.index + 1);
  }

  absl::Status CheckCheckpoints(uint64_t size) {
    if (checkpoints_are_damaged_) return absl::OkStatus();
    const absl::Status status = checkpoints_.CheckUpTo(entries_, size);
    checkpoints_are_damaged_ = !status.ok();
    return ReportDamage("checkpoints", status, faults_);
  }

  LogVerdict Verdict() {
    LogVerdict verdict;
    verdict.faults = faults_.Take();
    verdict.entries = entries_.tree().size();
    if (checkpoints_.newest()) {
      verdict.checkpoint_size = checkpoints_.newest()->size;
      verdict.root = checkpoints_.newest()->root;
    }
    return verdict;
  }

  store::Reader& reader_;
  FaultList faults_;
  EntryAudit entries_;
  CheckpointAudit checkpoints_;
  bool checkpoints_are_damaged_ = false;
};

}  // namespace

absl::StatusOr<LogVerdict> VerifyLog(store::ExchangeDb& database, const NoteKey& key, const SignatureVerifier& verify,
                                     const SettleLog& settle, const VerifyProgress& progress) {
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  return Audit(*session, key, verify).Run(settle, progress);
}

}  // namespace tamga::ledger
