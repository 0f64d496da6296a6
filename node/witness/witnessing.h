// How far the own log is out of our own hands: asks witnesses to cosign its newest checkpoint, and keeps what they
// said. Exchanges never wait for it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/ledger/tlog_policy.h"
#include "node/store/exchange_db.h"
#include "node/witness/witness_peer.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::witness {

// A witness that is asked to cosign.
struct AskedWitness {
  std::string agency;   // whose node it is; empty for one that no partner runs
  ledger::NoteKey key;  // of type kCosignature
  WitnessPeer& peer;
};

// All references outlive the witnessing.
struct WitnessingParts {
  ledger::NoteKey log_key;
  ledger::TlogPolicy policy;
  std::vector<AskedWitness> witnesses;
  absl::Duration late_after;
  absl::Duration timeout;         // of a question to a witness
  absl::Duration max_clock_skew;  // of a cosignature's time
  store::ExchangeDb& database;
  ledger::Sequencer& sequencer;
  ledger::LogReader& log_reader;
  const Clock& clock;
};

// How far one entry is witnessed.
struct EntryWitnessing {
  v1::WitnessState state = v1::WITNESS_STATE_LOGGED;
  uint32_t witnesses = 0;  // that cosigned a checkpoint over it
};

// Thread-safe; AskAll is for one thread at a time.
class Witnessing {
 public:
  // Takes up what was cosigned before, as far as it verifies. DataLoss if what was stored was altered.
  static absl::StatusOr<std::unique_ptr<Witnessing>> Open(WitnessingParts parts);

  // Asks every witness that has not cosigned the newest checkpoint, those first that answered last time; asks until
  // `deadline`, and not on once `is_stopping`. The first question to each is what it has seen of the log: if that is
  // more than there is, a backup was restored, and no entry is made any more.
  void AskAll(absl::Time deadline, const std::function<bool()>& is_stopping);

  // Of the entry `index`, logged at `logged_at`.
  EntryWitnessing Of(uint64_t index, absl::Time logged_at) const;
  // Fills that in, of an entry with its position.
  void Describe(v1::IndexedEntry* entry) const;
  // The newest checkpoint that the quorum has cosigned, with their cosignatures; empty if there is none.
  std::string WitnessedCheckpoint() const;
  // Unavailable (LOG_ROLLED_BACK), with what the operator can do, once a witness has shown a checkpoint of this log
  // that is larger than the log.
  absl::Status CheckNotRolledBack() const;
  // The same, and Unavailable (LOG_NOT_COMPARED) until a witness has said since the start what it has seen, if there is
  // any: until then nobody knows whether an old backup was restored.
  absl::Status CheckCompared() const;
  // Fills in all but the partners' logs. What keeps a witness from cosigning is told in words, which may name addresses
  // of the own network, or by a code alone.
  enum class Faults { kInWords, kByCode };
  absl::Status Describe(Faults faults, v1::GetWitnessingResponse* response) const;

 private:
  // What is known of a witness.
  struct Known {
    bool was_compared = false;  // since the start: what it has seen is no more than there is, or was shown and judged
    bool answered = true;       // the last time
    uint64_t seen_size = 0;     // as it says
    uint64_t cosigned_size = 0;
    std::string line;  // its cosignature of cosigned_text
    std::string cosigned_text;
    absl::Time cosigned_at;
    bool contradicts = false;  // it has seen another log of this origin
    absl::Status fault;
  };
  // The checkpoint that a round is about.
  struct Round {
    ledger::Checkpoint checkpoint;
    std::string note;
  };

  explicit Witnessing(WitnessingParts parts) : parts_(std::move(parts)) {}
  absl::Status Load();
  absl::StatusOr<Round> NewestRound() const;
  std::vector<const AskedWitness*> WhomToAsk(uint64_t size) const;

  // Asks one witness until it has cosigned or there is nothing more to say. The status says why it did not.
  absl::Status Ask(const AskedWitness& witness, const Round& round, absl::Time deadline);
  absl::StatusOr<std::string> BodyFor(const Round& round, uint64_t old_size) const;
  absl::Status TakeCosignature(const AskedWitness& witness, const Round& round, const std::string& lines);
  // What it means that a witness has seen more than the round is about; `is_shown`: it showed a checkpoint of this log.
  absl::Status SeenMore(uint64_t seen_size, bool is_shown) const;
  // What `status` says of why a witness did not cosign.
  static absl::Status WhyNot(const AskedWitness& witness, uint32_t status);
  // What a witness shows of this log. True if that is this log's own beginning.
  absl::StatusOr<bool> LookAtShown(const AskedWitness& witness, const std::string& note);
  void RollBack(const AskedWitness& witness, uint64_t shown, uint64_t size);
  absl::Status KeepQuorum(const Round& round);
  void SetFault(const AskedWitness& witness, const absl::Status& fault);
  void AlarmIfLate();

  Known GetKnown(const std::string& name) const;
  void Change(const std::string& name, const std::function<void(Known&)>& change);

  const WitnessingParts parts_;
  bool late_alarmed_ = false;  // AskAll's alone
  mutable Mutex mutex_;
  std::map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);  // by name of the witness's key
  uint64_t witnessed_size_ ABSL_GUARDED_BY(mutex_) = 0;         // by a quorum
  std::string witnessed_note_ ABSL_GUARDED_BY(mutex_);
  absl::Status rolled_back_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::witness
