#include "node/witness/partner_logs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/store/transaction.h"

namespace tamga::witness {
namespace {

// The note with the signatures of its log alone: others are not ours to keep.
std::string WithoutOthers(ledger::Note note, const ledger::NoteKey& key) {
  const std::string id = key.Id();
  std::erase_if(note.signatures,
                [&](const ledger::NoteSignature& line) { return line.name != key.name || line.key_id != id; });
  note.signatures.resize(1);
  return FormatNote(note);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PartnerLogs>> PartnerLogs::Open(PartnerLogsParts parts) {
  std::unique_ptr<PartnerLogs> logs(new PartnerLogs(std::move(parts)));
  ASSIGN_OR_RETURN(store::ReadSession session, logs->parts_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::ContradictionRow> rows, session->ListContradictions());
  MutexLock lock(logs->mutex_);
  for (const auto& [agency, key] : logs->parts_.logs) {
    for (const store::ContradictionRow& row : rows) {
      if (row.origin == key.name && !row.settled) logs->stopped_[agency] = true;
    }
  }
  return logs;
}

absl::StatusOr<PartnerCheckpoint> PartnerLogs::OpenNote(absl::string_view text) const {
  // Whose it is counts before its signatures, in whatever form these are.
  const size_t separator = text.rfind("\n\n");
  if (separator == absl::string_view::npos) return absl::InvalidArgumentError("it has no signatures");
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, ledger::ParseCheckpoint(text.substr(0, separator + 1)));
  for (const auto& [agency, key] : parts_.logs) {
    if (key.name != checkpoint.origin) continue;
    absl::StatusOr<ledger::Note> note = ledger::OpenNote(text, key, certs::VerifyEd25519);
    if (!note.ok()) return absl::PermissionDeniedError(note.status().message());
    return PartnerCheckpoint{agency, key, std::move(checkpoint), WithoutOthers(*std::move(note), key),
                             SettledCount(agency)};
  }
  return absl::NotFoundError(absl::StrCat("no partner has a log of the origin ", checkpoint.origin));
}

absl::StatusOr<std::optional<store::SeenRow>> PartnerLogs::Seen(const std::string& origin) const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  return session->FindSeen(origin);
}

absl::StatusOr<absl::Time> PartnerLogs::See(const PartnerCheckpoint& partner,
                                            const std::optional<store::SeenRow>& before) {
  const absl::Time now = parts_.clock.Now();
  const bool is_believed = before && before->seen_at <= now + parts_.max_clock_skew;
  if (before && !is_believed) {
    Log(Severity::kWarning, "partner's log was seen at a time that has not come",
        {{"partner", partner.agency},
         {"seen_at", absl::FormatTime(before->seen_at, absl::UTCTimeZone())},
         {"detail", "the clock here was far ahead; what it said then is not used"}});
  }
  const store::SeenRow row{partner.checkpoint.origin, partner.checkpoint.size,
                           std::string(partner.checkpoint.root.bytes()), partner.note,
                           is_believed ? std::max(now, before->seen_at) : now};
  store::Effects effects;
  effects.writes.push_back([row, old_size = before ? before->size : 0](store::Transaction& transaction) {
    return transaction.PutSeen(row, old_size);
  });
  RETURN_IF_ERROR(parts_.sequencer.Commit(std::move(effects)));
  return row.seen_at;
}

uint64_t PartnerLogs::SettledCount(const std::string& agency) const {
  MutexLock lock(mutex_);
  const auto found = settled_.find(agency);
  return found == settled_.end() ? 0 : found->second;
}

v1::LogEntry PartnerLogs::EntryOf(v1::EntryKind kind, const std::string& agency) const {
  const absl::Time now = parts_.clock.Now();
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(kind);
  entry.set_exchange_id(NewUuidV7(now, parts_.rng));
  entry.set_own(parts_.own_agency);
  entry.set_partner(agency);
  *entry.mutable_logged_at() = ToProto(now);
  return entry;
}

absl::Status PartnerLogs::Contradict(const PartnerCheckpoint& partner, absl::string_view what,
                                     const std::string& before) {
  MutexLock deciding(deciding_);
  if (SettledCount(partner.agency) != partner.settled) return absl::OkStatus();
  {
    // At once: nothing more is exchanged even if the disk fails now.
    MutexLock lock(mutex_);
    if (stopped_[partner.agency]) return absl::OkStatus();
  }
  Log(Severity::kError, "partner's log contradicts itself",
      {{"partner", partner.agency},
       {"origin", partner.checkpoint.origin},
       {"what", what},
       {"detail", absl::StrCat("exchanges with ", partner.agency,
                               " have stopped; ask its operators what happened, then "
                               "decide: tamga node settle --partner ",
                               partner.agency)}});
  v1::LogEntry entry = EntryOf(v1::ENTRY_KIND_CONTRADICTED, partner.agency);
  entry.set_reason(absl::AsciiStrToUpper(what));
  const store::ContradictionRow row{partner.checkpoint.origin, std::string(what), before, partner.note,
                                    FromProto(entry.logged_at())};
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects.writes.push_back(
      [row](store::Transaction& transaction) { return transaction.AddContradiction(row); });
  RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
  MutexLock lock(mutex_);
  stopped_[partner.agency] = true;
  return absl::OkStatus();
}

absl::Status PartnerLogs::Check(const std::string& agency) const {
  MutexLock lock(mutex_);
  if (stopped_.count(agency) == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "PARTNER_LOG_CONTRADICTED",
               absl::StrCat(parts_.own_agency, " exchanges nothing with ", agency, ": the log of ", agency,
                            " contradicts what was seen of it; an operator of ", parts_.own_agency,
                            " has to decide: tamga node settle"));
}

absl::StatusOr<v1::LogPosition> PartnerLogs::Settle(const certs::Principal& caller,
                                                    const v1::SettleContradictionRequest& request) {
  RETURN_IF_ERROR(CheckAgency("agency", request.agency()));
  RETURN_IF_ERROR(CheckReference("case_reference", request.case_reference()));
  MutexLock deciding(deciding_);
  if (Check(request.agency()).ok()) {
    return Error(
        absl::StatusCode::kNotFound, "NO_CONTRADICTION",
        absl::StrCat("agency: nothing contradicts the log of ", request.agency(), "; there is nothing to settle"));
  }
  v1::LogEntry entry = EntryOf(v1::ENTRY_KIND_CONTRADICTION_SETTLED, request.agency());
  v1::Asker asker;
  asker.set_principal(caller.SpiffeId());
  entry.set_asker_pseudonym(parts_.pseudonyms.OfAsker(asker));
  entry.set_case_pseudonym(parts_.pseudonyms.OfCase(request.case_reference()));
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects.writes.push_back(
      [origin = parts_.logs.at(request.agency()).name](store::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.SettleContradictions(origin));
        // From the log as it is now: whatever it shows next.
        return transaction.ForgetSeen(origin);
      });
  ASSIGN_OR_RETURN(const ledger::Appended appended, parts_.sequencer.Append(std::move(submission)));
  Log(Severity::kWarning, "contradiction settled", {{"partner", request.agency()}, {"operator", caller.SpiffeId()}});
  MutexLock lock(mutex_);
  stopped_.erase(request.agency());
  ++settled_[request.agency()];
  v1::LogPosition position;
  position.set_origin(parts_.log_origin);
  position.set_index(appended.index);
  return position;
}

absl::StatusOr<std::vector<v1::WitnessedLog>> PartnerLogs::List() const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::ContradictionRow> rows, session->ListContradictions());
  std::vector<v1::WitnessedLog> logs;
  for (const auto& [agency, key] : parts_.logs) {
    v1::WitnessedLog log;
    log.set_agency(agency);
    log.set_origin(key.name);
    ASSIGN_OR_RETURN(const std::optional<store::SeenRow> seen, session->FindSeen(key.name));
    if (seen) {
      log.set_size(seen->size);
      *log.mutable_seen_at() = ToProto(seen->seen_at);
    }
    for (const store::ContradictionRow& row : rows) {
      if (row.origin != key.name) continue;
      v1::Contradiction& contradiction = *log.add_contradictions();
      *contradiction.mutable_found_at() = ToProto(row.found_at);
      contradiction.set_what(row.what);
      contradiction.set_before(row.before);
      contradiction.set_after(row.after);
      contradiction.set_settled(row.settled);
    }
    logs.push_back(std::move(log));
  }
  return logs;
}

}  // namespace tamga::witness
