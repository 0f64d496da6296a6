// Puts a time to the own log that is not our own word: has the newest checkpoint time-stamped, and keeps what came.
// Exchanges never wait for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/revocations.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "node/timestamp/ts_client.h"
#include "node/timestamp/ts_token.h"
#include "tamga/v1/admin_service.pb.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::timestamp {

// Records of time-stamps: the id is the log's size in 20 digits, so that they stand in order; the body is a
// TimeStampEvidence without hashes.
inline constexpr char kTimestampKind[] = "timestamp";
// How long every time-stamp is kept. After that one of each day is.
inline constexpr absl::Duration kKeepAll = absl::Hours(365 * 24);

// All references outlive the stamping.
struct StampingParts {
  TsAuthority authority;
  TsClient& client;
  absl::Duration late_after;
  absl::Duration timeout;         // of a question to the authority
  absl::Duration max_clock_skew;  // between the authority's clock and ours
  store::ExchangeDb& database;
  store::Records& records;
  ledger::Sequencer& sequencer;
  const Clock& clock;
  Rng& rng;
  // The revocation lists of the authority's issuers, as they are now; null: none are looked at.
  std::function<absl::StatusOr<std::shared_ptr<const certs::Revocations>>()> lists = [] {
    return std::shared_ptr<const certs::Revocations>();
  };
};

// Thread-safe; StampIfGrown is for one thread at a time.
class Stamping {
 public:
  // Takes up what was stamped before. DataLoss if what was stored was altered.
  static absl::StatusOr<std::unique_ptr<Stamping>> Open(StampingParts parts);

  // Has the newest checkpoint stamped, unless no entry came since the last one that was. What is stamped is SHA-256 of
  // the note as Sequencer::NewestCheckpoint has it: three lines, an empty one, and the log's own signature line. What
  // is wrong, and when the log is late, is logged once until it changes.
  void StampIfGrown();

  v1::TimeStampingStatus Status() const;

  // Deletes, once a day, those kept more than kKeepAll ago but the first of each day (UTC): an entry's evidence then
  // has the first one over it, of the next day at the latest.
  void Prune();

  // The oldest time-stamp over at least `size` entries, without hashes. NotFound if there is none (yet).
  absl::StatusOr<v1::TimeStampEvidence> OldestOver(uint64_t size) const;

 private:
  explicit Stamping(StampingParts parts) : parts_(std::move(parts)) {}
  absl::Status Load();
  absl::Status PruneBefore(absl::Time end);
  // Empty if there is none.
  absl::StatusOr<std::string> NewestId() const;
  absl::Status Stamp(const std::string& note, uint64_t size);
  void SetFault(const absl::Status& fault);
  void AlarmIfLate();
  uint64_t size() const;

  const StampingParts parts_;
  mutable Mutex mutex_;
  uint64_t size_ ABSL_GUARDED_BY(mutex_) = 0;  // of the newest that is stamped
  absl::Time time_ ABSL_GUARDED_BY(mutex_);
  absl::Status fault_ ABSL_GUARDED_BY(mutex_);
  bool is_late_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time pruned_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace tamga::timestamp
