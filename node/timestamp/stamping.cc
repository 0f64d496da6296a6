#include "node/timestamp/stamping.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/ledger/checkpoint.h"

namespace tamga::timestamp {
namespace {

constexpr size_t kNonceBytes = 16;
constexpr absl::Duration kBetweenPrunings = absl::Hours(24);
constexpr size_t kRowsAtOnce = 200;

std::string IdOf(uint64_t size) { return absl::StrFormat("%020d", size); }

// A positive number in its shortest form.
std::string MakeNonce(Rng& rng) {
  std::string nonce = rng.Bytes(kNonceBytes);
  nonce[0] = static_cast<char>((static_cast<unsigned char>(nonce[0]) & 0x3f) | 0x40);
  return nonce;
}

absl::StatusOr<v1::TimeStampEvidence> EvidenceIn(const store::Record& record) {
  v1::TimeStampEvidence evidence;
  if (evidence.ParseFromString(record.body)) return evidence;
  return absl::DataLossError(absl::StrCat("the time-stamp record ", record.id, " cannot be read"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stamping>> Stamping::Open(StampingParts parts) {
  std::unique_ptr<Stamping> stamping(new Stamping(std::move(parts)));
  RETURN_IF_ERROR(stamping->Load());
  return stamping;
}

absl::StatusOr<std::string> Stamping::NewestId() const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  ASSIGN_OR_RETURN(const store::RecordPage last, session->ListRecords(kTimestampKind, 1, ""));
  if (last.records.empty()) return "";
  // The one that was kept last, unless the clock went back meanwhile.
  std::string id = last.records.front().id;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<store::RecordRow> after, session->RecordsAfter(kTimestampKind, id, 200));
    if (after.empty()) return id;
    id = after.back().id;
  }
}

absl::Status Stamping::Load() {
  ASSIGN_OR_RETURN(const std::string id, NewestId());
  if (id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const store::Record record, parts_.records.Get(kTimestampKind, id));
  ASSIGN_OR_RETURN(const v1::TimeStampEvidence evidence, EvidenceIn(record));
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, ledger::CheckpointIn(evidence.checkpoint()));
  ASSIGN_OR_RETURN(const TimeStamp stamp, ReadToken(evidence.token()));
  MutexLock lock(mutex_);
  size_ = checkpoint.size;
  time_ = stamp.time;
  return absl::OkStatus();
}

void Stamping::StampIfGrown() {
  const std::string note = parts_.sequencer.NewestCheckpoint();
  const absl::StatusOr<ledger::Checkpoint> checkpoint = ledger::CheckpointIn(note);
  if (!checkpoint.ok()) {
    SetFault(Annotate(checkpoint.status(), "the own checkpoint is unreadable"));
    return;
  }
  if (checkpoint->size > size()) SetFault(Stamp(note, checkpoint->size));
  AlarmIfLate();
}

absl::Status Stamping::Stamp(const std::string& note, uint64_t size) {
  const TsRequest request{Sha256(note), MakeNonce(parts_.rng), parts_.authority.policy_oid};
  ASSIGN_OR_RETURN(const std::string body, FormatTsRequest(request));
  TsAuthority authority = parts_.authority;
  ASSIGN_OR_RETURN(authority.revocations, parts_.lists());
  const absl::Time asked_at = parts_.clock.Now();
  ASSIGN_OR_RETURN(const std::string response, parts_.client.Ask(body, parts_.timeout));
  const absl::Time now = parts_.clock.Now();
  const TimeBounds bounds{asked_at - parts_.max_clock_skew, now + parts_.max_clock_skew};
  ASSIGN_OR_RETURN(GrantedToken granted, VerifyResponse(response, request, authority, bounds));
  v1::TimeStampEvidence evidence;
  evidence.set_checkpoint(note);
  evidence.set_token(std::move(granted.token));
  RETURN_IF_ERROR(parts_.sequencer.Commit(
      parts_.records.Put(kTimestampKind, IdOf(size), /*expected_version=*/0, evidence.SerializeAsString(), now)));
  MutexLock lock(mutex_);
  size_ = size;
  time_ = granted.stamp.time;
  return absl::OkStatus();
}

void Stamping::SetFault(const absl::Status& fault) {
  std::string before;
  {
    MutexLock lock(mutex_);
    before = std::string(std::exchange(fault_, fault).message());
    if (!fault.ok()) ++failures_;
  }
  if (before == fault.message()) return;
  Log(fault.ok() ? Severity::kInfo : Severity::kWarning, fault.ok() ? "log time-stamped again" : "log not time-stamped",
      {{"reason", ReasonOf(fault)}, {"detail", fault.ok() ? before : std::string(fault.message())}});
}

// Looks at the oldest entry that no time-stamp is over.
void Stamping::AlarmIfLate() {
  const uint64_t oldest = size();
  absl::StatusOr<store::ReadSession> session = parts_.database.Read();
  if (!session.ok()) return;
  const absl::StatusOr<store::EntryRow> row = (*session)->EntryAt(oldest);
  const bool late = row.ok() && parts_.clock.Now() - row->time > parts_.late_after;
  {
    MutexLock lock(mutex_);
    if (late == std::exchange(is_late_, late)) return;
  }
  if (late) {
    Log(Severity::kError, "log not time-stamped in time",
        {{"first_entry", static_cast<int64_t>(oldest)},
         {"detail", "no time-stamp is over it: tamga node status says why"}});
  } else {
    Log(Severity::kInfo, "log time-stamped in time again", {{"entries", static_cast<int64_t>(oldest)}});
  }
}

v1::TimeStampingStatus Stamping::Status() const {
  v1::TimeStampingStatus status;
  MutexLock lock(mutex_);
  status.set_size(size_);
  if (size_ > 0) *status.mutable_time() = ToProto(time_);
  status.set_late(is_late_);
  status.set_fault(std::string(fault_.message()));
  status.set_failures(failures_);
  return status;
}

void Stamping::Prune() {
  const absl::Time now = parts_.clock.Now();
  {
    MutexLock lock(mutex_);
    // A clock that was set back stops nothing.
    if (now >= pruned_at_ && now - pruned_at_ < kBetweenPrunings) return;
    pruned_at_ = now;
  }
  if (const absl::Status status = PruneBefore(now - kKeepAll); !status.ok()) {
    Log(Severity::kWarning, "old time-stamps not deleted",
        {{"reason", ReasonOf(status)}, {"detail", std::string(status.message())}});
  }
}

// Ids are in order of the log, and so of time, unless the clock went back: then a day may keep more than one.
absl::Status Stamping::PruneBefore(absl::Time end) {
  std::string id;
  absl::CivilDay day = absl::CivilDay::min();
  while (true) {
    std::vector<store::RecordRow> rows;
    {
      ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
      ASSIGN_OR_RETURN(rows, session->RecordsAfter(kTimestampKind, id, kRowsAtOnce));
    }
    for (const store::RecordRow& row : rows) {
      if (row.updated_at >= end) return absl::OkStatus();
      const absl::CivilDay kept_on = absl::ToCivilDay(row.updated_at, absl::UTCTimeZone());
      if (kept_on == day) {
        RETURN_IF_ERROR(parts_.sequencer.Commit(parts_.records.Delete(kTimestampKind, row.id, row.version)));
      }
      day = kept_on;
      id = row.id;
    }
    if (rows.size() < kRowsAtOnce) return absl::OkStatus();
  }
}

absl::StatusOr<v1::TimeStampEvidence> Stamping::OldestOver(uint64_t size) const {
  std::vector<store::RecordRow> rows;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    // After the one before it.
    ASSIGN_OR_RETURN(rows, session->RecordsAfter(kTimestampKind, size == 0 ? "" : IdOf(size - 1), 1));
  }
  if (rows.empty()) {
    return absl::NotFoundError(absl::StrCat("no time-stamp is over as many as ", size, " entries"));
  }
  ASSIGN_OR_RETURN(const store::Record record, parts_.records.Get(kTimestampKind, rows.front().id));
  return EvidenceIn(record);
}

uint64_t Stamping::size() const {
  MutexLock lock(mutex_);
  return size_;
}

}  // namespace tamga::timestamp
