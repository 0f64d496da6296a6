// What this node has seen of its partners' logs: the newest checkpoint of each, and what contradicts it. With a partner
// whose log contradicts itself nothing is exchanged until an operator decides.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/exchange/entry.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/rows.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::witness {

// How a log contradicts itself.
inline constexpr char kFork[] = "fork";                  // two roots for one size: the two notes prove it by themselves
inline constexpr char kInconsistent[] = "inconsistent";  // its own proof does not lead from the one to the other
inline constexpr char kShrunk[] = "shrunk";              // it was larger before

// All references outlive the logs.
struct PartnerLogsParts {
  std::string own_agency;
  std::string log_origin;
  std::map<std::string, ledger::NoteKey> logs;  // by agency
  store::ExchangeDb& database;
  ledger::Sequencer& sequencer;
  const exchange::Pseudonyms& pseudonyms;
  const Clock& clock;
  Rng& rng;
  absl::Duration max_clock_skew = absl::Minutes(2);
};

// A checkpoint that a partner's log has signed.
struct PartnerCheckpoint {
  std::string agency;
  ledger::NoteKey key;
  ledger::Checkpoint checkpoint;
  std::string note;  // with the log's signatures alone
  // How often contradictions of the log had been settled before it was looked at: what was compared with what counted
  // before a settlement says nothing after it.
  uint64_t settled = 0;
};

// Thread-safe.
class PartnerLogs {
 public:
  // DataLoss if what was stored was altered.
  static absl::StatusOr<std::unique_ptr<PartnerLogs>> Open(PartnerLogsParts parts);

  // NotFound if no partner has a log of the note's origin, PermissionDenied unless that log has signed it,
  // InvalidArgument for what is no checkpoint.
  absl::StatusOr<PartnerCheckpoint> OpenNote(absl::string_view note) const;

  // Of the log of a partner.
  const std::string& OriginOf(const std::string& agency) const { return parts_.logs.at(agency).name; }
  absl::StatusOr<std::optional<store::SeenRow>> Seen(const std::string& origin) const;
  // Takes over that the log has grown from `before`: durable when it returns. Aborted if another size was seen
  // meanwhile. Gives the time of it, which is never earlier than that of what was seen before, even if the clock was
  // put back; but what the clock said when it was far ahead does not count: nobody takes a cosignature of the future.
  absl::StatusOr<absl::Time> See(const PartnerCheckpoint& partner, const std::optional<store::SeenRow>& before);
  // How often contradictions of the agency's log have been settled since the start.
  uint64_t SettledCount(const std::string& agency) const;
  // Keeps both notes and stops exchanges with the partner, unless they are stopped already, or one was settled since.
  absl::Status Contradict(const PartnerCheckpoint& partner, absl::string_view what, const std::string& before);

  // FailedPrecondition (PARTNER_LOG_CONTRADICTED) while the partner's log contradicts itself.
  absl::Status Check(const std::string& agency) const;
  // NotFound (NO_CONTRADICTION) if there is nothing to settle, INVALID_FIELD for a case reference that is not in order.
  absl::StatusOr<v1::LogPosition> Settle(const certs::Principal& caller, const v1::SettleContradictionRequest& request);

  absl::StatusOr<std::vector<v1::WitnessedLog>> List() const;

 private:
  explicit PartnerLogs(PartnerLogsParts parts) : parts_(std::move(parts)) {}

  v1::LogEntry EntryOf(v1::EntryKind kind, const std::string& agency) const;

  const PartnerLogsParts parts_;
  Mutex deciding_;  // held while a contradiction is written down or settled: each once
  mutable Mutex mutex_;
  std::map<std::string, bool> stopped_ ABSL_GUARDED_BY(mutex_);      // agency; whether it is written down why
  std::map<std::string, uint64_t> settled_ ABSL_GUARDED_BY(mutex_);  // how often, by agency
};

}  // namespace tamga::witness
