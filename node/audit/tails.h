// Auditors who watch the log as it grows.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "node/audit/audited_log.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// At most so many at once, of other States, and of one agency, so that others find a place.
inline constexpr size_t kMostTails = 16;
inline constexpr size_t kMostForeignTails = 12;
inline constexpr size_t kMostTailsOfAnAgency = 4;
// How long a caller may leave an entry lying before he loses his place.
inline constexpr absl::Duration kTailPatience = absl::Minutes(10);

// Who gets the entries. Each method returns at once. No entry comes before the last one was taken (Tails::Taken).
class TailSink {
 public:
  virtual ~TailSink() = default;
  virtual void Send(const v1::IndexedEntry& entry) = 0;
  // No more will come, for this reason, once the caller has taken the last entry.
  virtual void End(const absl::Status& status) = 0;
  // The same without waiting for that.
  virtual void CutOff(const absl::Status& status) = 0;
};

// One thread feeds all tails. It is woken when entries are committed and when a caller has taken one; a caller who
// reads slowly holds up nobody, since the tail remembers no more than its place in the log and a few entries. Whoever
// takes nothing for kTailPatience is cut off (TAIL_TOO_SLOW) with the next entry or the next tail.
// Thread-safe.
class Tails {
 public:
  // `clock` and what `log` refers to outlive the tails.
  Tails(AuditedLog log, const Clock& clock);
  // As Stop.
  ~Tails();
  Tails(const Tails&) = delete;
  Tails& operator=(const Tails&) = delete;

  // Checks what is asked for, and does nothing yet: INVALID_FIELD for a filter that is not in order, or has a period or
  // a page; errors of VisibleFilter.
  absl::StatusOr<store::EntryFilter> Check(const certs::Principal& caller, const v1::TailEntriesRequest& request) const;

  // From now on `sink` gets what `filter` lets through, from index `from` on; absent: what comes from now on.
  // ResourceExhausted (TOO_MANY_TAILS), Unavailable (SHUTTING_DOWN).
  absl::Status Begin(const std::string& agency, store::EntryFilter filter, std::optional<uint64_t> from,
                     std::shared_ptr<TailSink> sink);
  // The caller has taken the last entry.
  void Taken(const TailSink* sink);
  // The caller is gone. Nothing happens if he is not known.
  void Leave(const TailSink* sink);

  // Ends all tails, and lets none begin.
  void Stop();

 private:
  struct Tail {
    std::string agency;
    store::EntryFilter filter;
    uint64_t next = 0;  // first index not looked at
    std::deque<store::EntryRow> found;
    bool is_busy = false;  // the caller has not taken the last entry
    absl::Time sent_at;    // that one
    std::shared_ptr<TailSink> sink;
  };

  absl::Status CheckPlace(const std::string& agency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CutOffSlow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();
  void Loop();
  // Looks for more, and sends. True if there is more to be done at once.
  bool Feed(Tail& tail, uint64_t size) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Search(Tail& tail, uint64_t size) const;

  const AuditedLog log_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  std::map<const TailSink*, Tail> tails_ ABSL_GUARDED_BY(mutex_);
  bool is_awake_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::audit
