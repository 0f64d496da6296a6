#include "node/witness/witnessing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/ed25519.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/ledger/add_checkpoint.h"
#include "node/ledger/cosignature.h"
#include "node/ledger/merkle_verify.h"
#include "node/store/transaction.h"

namespace tamga::witness {
namespace {

constexpr int kMaxQuestions = 4;  // to a witness, about one checkpoint
constexpr char kQuorum[] = "";    // in the place of a witness's name

absl::Status Unexpected(absl::string_view what) { return absl::FailedPreconditionError(what); }

std::string CodeOf(const absl::Status& fault) {
  if (fault.ok()) return "";
  const std::string reason = ReasonOf(fault);
  return reason.empty() ? absl::StatusCodeToString(fault.code()) : reason;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Witnessing>> Witnessing::Open(WitnessingParts parts) {
  std::unique_ptr<Witnessing> witnessing(new Witnessing(std::move(parts)));
  RETURN_IF_ERROR(witnessing->Load());
  return witnessing;
}

absl::Status Witnessing::Load() {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::CosignedRow> rows, session->ListCosigned());
  MutexLock lock(mutex_);
  for (const AskedWitness& witness : parts_.witnesses) known_[witness.key.name];
  for (const store::CosignedRow& row : rows) {
    const absl::StatusOr<ledger::Note> note = ledger::OpenNote(row.note, parts_.log_key, certs::VerifyEd25519);
    if (!note.ok()) continue;
    // Policy and keys may be others since.
    std::set<std::string> cosigners;
    for (const auto& [name, key] : parts_.policy.witnesses) {
      if (ledger::CosignedAt(*note, key, certs::VerifyEd25519).ok()) cosigners.insert(name);
    }
    if (row.witness == kQuorum && !parts_.policy.quorum.empty() && parts_.policy.IsQuorum(cosigners)) {
      witnessed_size_ = row.size;
      witnessed_note_ = row.note;
    }
    for (const AskedWitness& witness : parts_.witnesses) {
      if (row.witness != witness.key.name) continue;
      if (!ledger::CosignedAt(*note, witness.key, certs::VerifyEd25519).ok()) continue;
      Known& known = known_[row.witness];
      known.cosigned_size = row.size;
      known.cosigned_text = note->text;
      known.cosigned_at = row.cosigned_at;
      known.line = ledger::FormatSignature(note->signatures.back());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Witnessing::Round> Witnessing::NewestRound() const {
  Round round;
  round.note = parts_.sequencer.NewestCheckpoint();
  ASSIGN_OR_RETURN(round.checkpoint, ledger::CheckpointIn(round.note));
  return round;
}

std::vector<const AskedWitness*> Witnessing::WhomToAsk(uint64_t size) const {
  std::vector<const AskedWitness*> witnesses;
  std::vector<const AskedWitness*> stalling;  // last, so that they delay no other for longer than once
  MutexLock lock(mutex_);
  for (const AskedWitness& witness : parts_.witnesses) {
    const Known& known = known_.at(witness.key.name);
    if (known.was_compared && known.cosigned_size >= size && !known.contradicts) continue;
    (known.answered ? witnesses : stalling).push_back(&witness);
  }
  witnesses.insert(witnesses.end(), stalling.begin(), stalling.end());
  return witnesses;
}

void Witnessing::AskAll(absl::Time deadline, const std::function<bool()>& is_stopping) {
  const absl::StatusOr<Round> round = NewestRound();
  if (!round.ok()) {
    Log(Severity::kError, "own checkpoint is unreadable", {{"detail", std::string(round.status().message())}});
    return;
  }
  for (const AskedWitness* witness : WhomToAsk(round->checkpoint.size)) {
    const absl::Time now = parts_.clock.Now();
    if (is_stopping() || now >= deadline || !CheckNotRolledBack().ok()) return;
    SetFault(*witness, Ask(*witness, *round, std::min(deadline, now + parts_.timeout)));
  }
  if (const absl::Status kept = KeepQuorum(*round); !kept.ok()) {
    Log(Severity::kError, "cosigned checkpoint not kept", {{"detail", std::string(kept.message())}});
  }
  AlarmIfLate();
}

absl::Status Witnessing::Ask(const AskedWitness& witness, const Round& round, absl::Time deadline) {
  const std::string& name = witness.key.name;
  const bool is_partner = !witness.agency.empty();
  Change(name, [](Known& known) { known.answered = false; });
  // After a start we do not know what it has seen, and what we stored may be older than that.
  uint64_t old_size = GetKnown(name).was_compared ? GetKnown(name).seen_size : 0;
  for (int question = 0; question < kMaxQuestions; ++question) {
    ASSIGN_OR_RETURN(const std::string body, BodyFor(round, old_size));
    ASSIGN_OR_RETURN(const v1::AddCheckpointResponse answer, witness.peer.AddCheckpoint(body, deadline));
    // A partner shows with each answer what it has seen, or has seen nothing.
    Change(name, [&](Known& known) {
      known.answered = true;
      known.was_compared = known.was_compared || is_partner;
    });
    if (answer.status() == 200) return TakeCosignature(witness, round, answer.body());
    if (answer.status() != 409 && answer.status() != 422) return WhyNot(witness, answer.status());
    bool is_ours = true;
    if (!answer.seen_checkpoint().empty()) {
      ASSIGN_OR_RETURN(is_ours, LookAtShown(witness, answer.seen_checkpoint()));
      RETURN_IF_ERROR(CheckNotRolledBack());
    }
    if (answer.status() == 422) {
      if (!is_ours) {
        return Unexpected("it has seen another log of this origin; see what was restored or started twice");
      }
      return Unexpected(is_partner
                            ? "it does not accept a proof that is right"
                            : "it does not accept a proof that is right, unless this log was restored or started "
                              "twice and it knows the other; ask its operators what it has seen");
    }
    absl::string_view text = answer.body();
    if (!absl::ConsumeSuffix(&text, "\n")) return Unexpected("what it says it has seen is no size");
    ASSIGN_OR_RETURN(old_size, ledger::ParseLogNumber("seen size", text));
    if (old_size > round.checkpoint.size) return SeenMore(old_size, !answer.seen_checkpoint().empty());
    Change(name, [old_size](Known& known) {
      known.seen_size = old_size;
      known.was_compared = true;
    });
  }
  return Unexpected("each time it says that it has seen another size");
}

absl::Status Witnessing::SeenMore(uint64_t seen_size, bool is_shown) const {
  // The log may have grown since the round began, and the witness seen that by an exchange.
  ASSIGN_OR_RETURN(const Round now, NewestRound());
  if (is_shown || seen_size <= now.checkpoint.size) {
    return Unexpected("it has seen a newer checkpoint already; asked again soon");
  }
  return Unexpected(absl::StrCat("it says that it has seen this log at size ", seen_size,
                                 ", but shows no checkpoint that this log signed; if a backup was restored, ask the "
                                 "witness's operators which checkpoint they hold"));
}

absl::Status Witnessing::WhyNot(const AskedWitness& witness, uint32_t status) {
  const std::string number = absl::StrCat(" (status ", status, ")");
  if (status == 503 && !witness.agency.empty()) {
    return Unexpected("it cosigns nothing until it knows whether its own log is the newest; asked again soon");
  }
  if (status == 503) return Unexpected(absl::StrCat("it cosigns nothing for now", number, "; asked again soon"));
  if (status == 429) {
    return Unexpected(absl::StrCat("it is asked too often", number, "; raise witnessing.interval_ms"));
  }
  if (status == 403 || status == 404) {
    return Unexpected(absl::StrCat("it takes no checkpoints of this log from this node", number,
                                   "; have its operators let the node in and give them this log's log.vkey"));
  }
  if (status >= 300 && status < 400) {
    return Unexpected(absl::StrCat("it sends to another address", number, ", where nobody is asked; correct its url"));
  }
  return Unexpected(absl::StrCat("it answered with status ", status));
}

absl::StatusOr<std::string> Witnessing::BodyFor(const Round& round, uint64_t old_size) const {
  ledger::AddCheckpoint request;
  request.old_size = old_size;
  request.checkpoint = round.note;
  if (old_size > 0 && old_size < round.checkpoint.size) {
    ASSIGN_OR_RETURN(request.proof, parts_.log_reader.ProveGrowth(old_size, round.checkpoint));
  }
  return ledger::FormatAddCheckpoint(request);
}

absl::Status Witnessing::TakeCosignature(const AskedWitness& witness, const Round& round, const std::string& lines) {
  ASSIGN_OR_RETURN(ledger::Note note, ledger::ParseNote(round.note));
  ASSIGN_OR_RETURN(note.signatures, ledger::ParseSignatures(lines));
  const std::string id = witness.key.Id();
  std::erase_if(note.signatures,
                [&](const ledger::NoteSignature& line) { return line.name != witness.key.name || line.key_id != id; });
  ASSIGN_OR_RETURN(const uint64_t seconds, ledger::CosignedAt(note, witness.key, certs::VerifyEd25519));
  const absl::Time time = absl::FromUnixSeconds(static_cast<int64_t>(seconds));
  if (time > parts_.clock.Now() + parts_.max_clock_skew) {
    return Unexpected(absl::StrCat("its cosignature is of the future: ", absl::FormatTime(time, absl::UTCTimeZone())));
  }
  const std::string line = ledger::FormatSignature(note.signatures.back());
  store::CosignedRow row{witness.key.name, round.checkpoint.size, absl::StrCat(round.note, line), time};
  store::Effects effects;
  effects.writes.push_back([row](store::Transaction& transaction) { return transaction.PutCosigned(row); });
  RETURN_IF_ERROR(parts_.sequencer.Commit(std::move(effects)));
  Change(witness.key.name, [&](Known& known) {
    known.seen_size = known.cosigned_size = round.checkpoint.size;
    known.was_compared = true;
    known.line = line;
    known.cosigned_text = note.text;
    known.cosigned_at = time;
    known.contradicts = false;
  });
  return absl::OkStatus();
}

absl::StatusOr<bool> Witnessing::LookAtShown(const AskedWitness& witness, const std::string& shown_note) {
  const absl::StatusOr<ledger::Checkpoint> shown =
      ledger::OpenCheckpoint(shown_note, parts_.log_key, certs::VerifyEd25519);
  if (!shown.ok())
    return Unexpected(absl::StrCat("what it shows is no checkpoint of this log: ", shown.status().message()));
  if (shown->size == 0) return true;
  // Now, and not when the round began: meanwhile the log may have grown.
  ASSIGN_OR_RETURN(const Round now, NewestRound());
  if (shown->size > now.checkpoint.size) {
    RollBack(witness, shown->size, now.checkpoint.size);
    return false;
  }
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> proof, parts_.log_reader.ProveGrowth(shown->size, now.checkpoint));
  const bool is_ours =
      ledger::VerifyConsistency(shown->size, shown->root, now.checkpoint.size, now.checkpoint.root, proof).ok();
  if (is_ours || GetKnown(witness.key.name).contradicts) return is_ours;
  Change(witness.key.name, [](Known& known) { known.contradicts = true; });
  Log(Severity::kError, "a witness has seen another log of this origin",
      {{"witness", witness.key.name},
       {"partner", witness.agency},
       {"size", static_cast<int64_t>(shown->size)},
       {"detail",
        "this log signed two checkpoints that contradict each other: an old backup was restored and written "
        "on, or its key is in use elsewhere; tell the partner's operators, who have to settle it"}});
  return false;
}

void Witnessing::RollBack(const AskedWitness& witness, uint64_t shown, uint64_t size) {
  const absl::Status why =
      Error(absl::StatusCode::kUnavailable, "LOG_ROLLED_BACK",
            absl::StrCat("the log ", parts_.log_key.name, " has ", size, " entries, but ", witness.agency,
                         " holds a checkpoint that it signed over ", shown,
                         ": an old backup was restored; nothing is exchanged until the newest backup is restored, or a "
                         "new log is begun in a new data_dir under a new log.origin"));
  {
    MutexLock lock(mutex_);
    if (!rolled_back_.ok()) return;
    rolled_back_ = why;
  }
  parts_.sequencer.RefuseEntries(why);
  Log(Severity::kError, "log rolled back",
      {{"reason", "LOG_ROLLED_BACK"}, {"witness", witness.key.name}, {"detail", std::string(why.message())}});
}

absl::Status Witnessing::KeepQuorum(const Round& round) {
  if (parts_.policy.quorum.empty()) return absl::OkStatus();
  const std::string text = ledger::FormatCheckpoint(round.checkpoint);
  store::CosignedRow row{kQuorum, round.checkpoint.size, round.note, absl::InfinitePast()};
  std::set<std::string> cosigners;
  {
    MutexLock lock(mutex_);
    for (const AskedWitness& witness : parts_.witnesses) {
      const Known& known = known_.at(witness.key.name);
      if (known.cosigned_text != text) continue;
      if (std::string name = parts_.policy.NameOf(witness.key); !name.empty()) cosigners.insert(std::move(name));
      row.note += known.line;
      row.cosigned_at = std::max(row.cosigned_at, known.cosigned_at);
    }
    if (row.note == witnessed_note_) return absl::OkStatus();
  }
  if (!parts_.policy.IsQuorum(cosigners)) return absl::OkStatus();
  store::Effects effects;
  effects.writes.push_back([row](store::Transaction& transaction) { return transaction.PutCosigned(row); });
  RETURN_IF_ERROR(parts_.sequencer.Commit(std::move(effects)));
  MutexLock lock(mutex_);
  witnessed_size_ = row.size;
  witnessed_note_ = row.note;
  return absl::OkStatus();
}

void Witnessing::SetFault(const AskedWitness& witness, const absl::Status& fault) {
  std::string before;
  Change(witness.key.name, [&](Known& known) { before = std::string(std::exchange(known.fault, fault).message()); });
  if (before == fault.message()) return;
  const Severity severity = fault.ok() ? Severity::kInfo : Severity::kWarning;
  Log(severity, fault.ok() ? "witness cosigns again" : "witness did not cosign",
      {{"witness", witness.key.name},
       {"partner", witness.agency},
       {"detail", fault.ok() ? before : std::string(fault.message())}});
}

// Looks at the oldest entry that no quorum has cosigned.
void Witnessing::AlarmIfLate() {
  uint64_t oldest = 0;
  {
    MutexLock lock(mutex_);
    oldest = witnessed_size_;
  }
  absl::StatusOr<store::ReadSession> session = parts_.database.Read();
  if (!session.ok()) return;
  const absl::StatusOr<store::EntryRow> row = (*session)->EntryAt(oldest);
  const bool late = row.ok() && Of(oldest, row->time).state == v1::WITNESS_STATE_LATE;
  if (late == std::exchange(late_alarmed_, late)) return;
  if (late) {
    Log(Severity::kError, "log not witnessed in time",
        {{"first_entry", static_cast<int64_t>(oldest)},
         {"detail", "no quorum of witnesses has cosigned it: tamga audit witnesses"}});
  } else {
    Log(Severity::kInfo, "log witnessed again", {{"entries", static_cast<int64_t>(oldest)}});
  }
}

EntryWitnessing Witnessing::Of(uint64_t index, absl::Time logged_at) const {
  EntryWitnessing of;
  MutexLock lock(mutex_);
  bool contradicted = !rolled_back_.ok();
  for (const auto& [name, known] : known_) {
    if (known.cosigned_size > index) ++of.witnesses;
    contradicted = contradicted || known.contradicts;
  }
  if (index < witnessed_size_) {
    of.state = v1::WITNESS_STATE_WITNESSED;
  } else if (contradicted) {
    of.state = v1::WITNESS_STATE_CONTRADICTED;
  } else if (!parts_.policy.quorum.empty() && parts_.clock.Now() - logged_at > parts_.late_after) {
    of.state = v1::WITNESS_STATE_LATE;
  }
  return of;
}

void Witnessing::Describe(v1::IndexedEntry* entry) const {
  const EntryWitnessing of = Of(entry->position().index(), FromProto(entry->entry().logged_at()));
  entry->set_witness_state(of.state);
  entry->set_witnesses(of.witnesses);
}

std::string Witnessing::WitnessedCheckpoint() const {
  MutexLock lock(mutex_);
  return witnessed_note_;
}

absl::Status Witnessing::CheckNotRolledBack() const {
  MutexLock lock(mutex_);
  return rolled_back_;
}

absl::Status Witnessing::CheckCompared() const {
  MutexLock lock(mutex_);
  if (!rolled_back_.ok() || known_.empty()) return rolled_back_;
  const bool is_compared =
      std::any_of(known_.begin(), known_.end(), [](const auto& witness) { return witness.second.was_compared; });
  if (is_compared) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "LOG_NOT_COMPARED",
               "no witness has said yet what it has seen of the own log; see that one can be reached");
}

absl::Status Witnessing::Describe(Faults faults, v1::GetWitnessingResponse* response) const {
  ASSIGN_OR_RETURN(const Round newest, NewestRound());
  const uint64_t size = newest.checkpoint.size;
  absl::Time logged_at = parts_.clock.Now();
  if (size > 0) {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(const store::EntryRow row, session->EntryAt(size - 1));
    logged_at = row.time;
  }
  response->set_state(Of(size == 0 ? 0 : size - 1, logged_at).state);
  response->set_log_size(size);
  MutexLock lock(mutex_);
  response->set_witnessed_size(witnessed_size_);
  response->set_checkpoint(witnessed_note_);
  std::set<std::string> asked;
  for (const AskedWitness& witness : parts_.witnesses) {
    const Known& known = known_.at(witness.key.name);
    asked.insert(witness.key.public_key);
    v1::WitnessStatus& status = *response->add_witnesses();
    status.set_name(witness.key.name);
    status.set_agency(witness.agency);
    status.set_cosigned_size(known.cosigned_size);
    if (!known.line.empty()) *status.mutable_cosigned_at() = ToProto(known.cosigned_at);
    const absl::Status& fault = rolled_back_.ok() ? known.fault : rolled_back_;
    status.set_fault(faults == Faults::kInWords ? std::string(fault.message()) : CodeOf(fault));
  }
  for (const auto& [name, key] : parts_.policy.witnesses) {
    if (asked.count(key.public_key) > 0) continue;
    v1::WitnessStatus& status = *response->add_witnesses();
    status.set_name(key.name);
    status.set_fault("no partner and no outside witness has this key, so it is not asked");
  }
  return absl::OkStatus();
}

Witnessing::Known Witnessing::GetKnown(const std::string& name) const {
  MutexLock lock(mutex_);
  return known_.at(name);
}

void Witnessing::Change(const std::string& name, const std::function<void(Known&)>& change) {
  MutexLock lock(mutex_);
  change(known_.at(name));
}

}  // namespace tamga::witness
