#include "node/ledger/log_verifier.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint_audit.h"
#include "node/ledger/entry_audit.h"
#include "node/ledger/fault_list.h"
#include "node/ledger/index_audit.h"
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

// Each stretch is read in a session of its own, so that none is held while the caller is told of the progress.
class Audit {
 public:
  Audit(store::ReadableDb& database, const NoteKey& key, const SignatureVerifier& verify)
      : database_(database), entries_(faults_), indexes_(faults_), checkpoints_(key, verify, faults_) {}

  absl::StatusOr<LogVerdict> Run(const SettleLog& settle, const VerifyProgress& progress) {
    ASSIGN_OR_RETURN(const uint64_t end, FindEnd(settle));
    const auto tell = [&progress, end](uint64_t checked) {
      return progress(checked, end) ? absl::OkStatus() : absl::CancelledError("the audit was cancelled");
    };
    for (uint64_t begin = 0; begin < end && !faults_.full(); begin += kReadAhead) {
      const uint64_t stretch_end = std::min(begin + kReadAhead, end);
      RETURN_IF_ERROR(CheckStretch(begin, stretch_end));
      RETURN_IF_ERROR(tell(stretch_end));
    }
    RETURN_IF_ERROR(AuditTiles(
        database_, end, [&] { return tell(end); }, faults_));
    if (!faults_.full()) {
      RETURN_IF_ERROR(indexes_.Finish(database_, end, [&] { return tell(end); }));
    }
    ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
    RETURN_IF_ERROR(ReportDamage("checkpoints", checkpoints_.Finish(*session), faults_));
    return Verdict();
  }

 private:
  // How many entries there are to audit. Names the rows that are none, and checks the checkpoint of no entries.
  absl::StatusOr<uint64_t> FindEnd(const SettleLog& settle) {
    uint64_t before = 0;
    {
      ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(before, Count(*session));
    }
    RETURN_IF_ERROR(settle());
    ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
    ASSIGN_OR_RETURN(const uint64_t size, SizeOfNewestCheckpoint(*session, before));
    RETURN_IF_ERROR(ReportDamage("entries", NameStrays(*session, size, before), faults_));
    RETURN_IF_ERROR(CheckCheckpoints(*session, 0));
    ASSIGN_OR_RETURN(const uint64_t now, Count(*session));
    return std::min(size, now);
  }

  // 0 if the file is damaged there.
  absl::StatusOr<uint64_t> Count(store::Reader& reader) {
    const absl::StatusOr<uint64_t> count = reader.EntryCount();
    if (!count.ok()) RETURN_IF_ERROR(ReportDamage("entries", count.status(), faults_));
    return count.value_or(0);
  }

  // `otherwise` if the file is damaged there.
  absl::StatusOr<uint64_t> SizeOfNewestCheckpoint(store::Reader& reader, uint64_t otherwise) {
    const absl::StatusOr<std::optional<store::CheckpointRow>> newest = reader.NewestCheckpoint();
    if (newest.ok()) return newest->has_value() ? (*newest)->size : 0;
    checkpoints_are_damaged_ = true;
    RETURN_IF_ERROR(ReportDamage("checkpoints", newest.status(), faults_));
    return otherwise;
  }

  // What is listed among the entries without being signed is no entry, whatever it says.
  absl::Status NameStrays(store::Reader& reader, uint64_t size, uint64_t count) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> strays, reader.StrayEntries(size, count, kMaxFaults));
    for (const int64_t index : strays) {
      faults_.Add(absl::StrCat("a row of index ", index, " is in the table of entries, but not in the log of ", size,
                               " entries: it was put into the file by hand, or a checkpoint was removed"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckStretch(uint64_t begin, uint64_t end) {
    ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
    const absl::Status status =
        session->VisitEntries(begin, end, [&](const store::EntryRow& row) { return CheckEntry(*session, row); });
    if (!status.ok()) RETURN_IF_ERROR(CheckOneByOne(*session, std::max(begin, entries_.next()), end, status));
    entries_.Finish(end);
    return indexes_.Add(*session, begin, end);
  }

  // Finds out which entries of a stretch are those that cannot be read.
  absl::Status CheckOneByOne(store::Reader& reader, uint64_t begin, uint64_t end, const absl::Status& status) {
    if (!absl::IsDataLoss(status)) return status;
    for (uint64_t index = begin; index < end && !faults_.full(); ++index) {
      const absl::StatusOr<store::EntryRow> row = reader.EntryAt(index);
      if (row.ok()) {
        RETURN_IF_ERROR(CheckEntry(reader, *row));
      } else if (absl::IsDataLoss(row.status())) {
        entries_.AddUnreadable(index, row.status().message());
      } else if (!absl::IsNotFound(row.status())) {
        return row.status();
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntry(store::Reader& reader, const store::EntryRow& row) {
    entries_.Add(row);
    return CheckCheckpoints(reader, row.index + 1);
  }

  absl::Status CheckCheckpoints(store::Reader& reader, uint64_t size) {
    if (checkpoints_are_damaged_) return absl::OkStatus();
    const absl::Status status = checkpoints_.CheckUpTo(reader, entries_, size);
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

  store::ReadableDb& database_;
  FaultList faults_;
  EntryAudit entries_;
  IndexAudit indexes_;
  CheckpointAudit checkpoints_;
  bool checkpoints_are_damaged_ = false;
};

}  // namespace

absl::StatusOr<LogVerdict> VerifyLog(store::ReadableDb& database, const NoteKey& key, const SignatureVerifier& verify,
                                     const SettleLog& settle, const VerifyProgress& progress) {
  return Audit(database, key, verify).Run(settle, progress);
}

}  // namespace tamga::ledger
