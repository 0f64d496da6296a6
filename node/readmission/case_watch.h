// Those who watch cases change. Each is told of every case that has changed, as it stands then, from where he left off.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/ledger/sequencer.h"
#include "node/readmission/case_store.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::readmission {

// At most so many at once, and of one caller, so that others find a place.
inline constexpr size_t kMostWatches = 64;
inline constexpr size_t kMostWatchesOfACaller = 4;
// How long a caller may leave a change lying before he loses his place.
inline constexpr absl::Duration kWatchPatience = absl::Minutes(10);

// Who is told. Each method returns at once. Nothing comes before the last was taken (CaseWatches::Taken).
class WatchSink {
 public:
  virtual ~WatchSink() = default;
  virtual void Send(const v1::WatchReadmissionCasesResponse& response) = 0;
  // No more will come, for this reason, once the caller has taken the last.
  virtual void End(const absl::Status& status) = 0;
  // The same without waiting for that.
  virtual void CutOff(const absl::Status& status) = 0;
};

// One thread feeds all. It is woken when something is committed and when a caller has taken a change, and looks by
// itself every second. A watch remembers no more than its place, so a caller who reads slowly holds up nobody: a case
// that changes several times meanwhile is told once, as it stands in the end. Whoever takes nothing for kWatchPatience
// is cut off (WATCH_TOO_SLOW), and goes on later from his cursor. Thread-safe.
//
// A cursor is the place in the order of changes of this database. A case that was removed is not told.
class CaseWatches {
 public:
  // All references outlive the watches.
  CaseWatches(store::ReadableDb& database, const CaseStore& cases, ledger::Sequencer& sequencer, const Clock& clock);
  // As Stop.
  ~CaseWatches();
  CaseWatches(const CaseWatches&) = delete;
  CaseWatches& operator=(const CaseWatches&) = delete;

  // From now on `sink` is told what has changed since `cursor` (empty: what changes from now on), and once, when that
  // has been told, that he has caught up. INVALID_FIELD for what is no cursor; OutOfRange (CURSOR_TOO_OLD) for one of
  // another database, or of this one before an older backup took its place; ResourceExhausted (TOO_MANY_WATCHES);
  // Unavailable (SHUTTING_DOWN).
  absl::Status Begin(const std::string& caller, const std::string& cursor, std::shared_ptr<WatchSink> sink);
  // The caller has taken the last.
  void Taken(const WatchSink* sink);
  // The caller is gone. Nothing happens if he is not known.
  void Leave(const WatchSink* sink);

  // Ends all watches, and lets none begin.
  void Stop();

 private:
  struct Watch {
    std::string caller;
    uint64_t told = 0;                // number of the last change that was told, or passed over
    std::deque<store::CaseRow> next;  // changes after that one
    bool caught_up = false;           // he was told so
    bool is_busy = false;             // the caller has not taken the last
    absl::Time sent_at;               // that one
    std::shared_ptr<WatchSink> sink;
  };

  absl::Status CheckPlace(const std::string& caller) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CutOffSlow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake();
  void Loop();
  // Sends one response, if there is one to send.
  void Feed(Watch& watch, const store::CaseChangesHead& head) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The next thing to tell; without a cursor: nothing.
  absl::StatusOr<v1::WatchReadmissionCasesResponse> Next(Watch& watch, const store::CaseChangesHead& head) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  store::ReadableDb& database_;
  const CaseStore& cases_;
  ledger::Sequencer& sequencer_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<const WatchSink*, Watch> watches_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Mutex wake_mutex_;  // held for a moment only: whoever commits must not wait for those who are fed
  CondVar woken_;
  bool is_awake_ ABSL_GUARDED_BY(wake_mutex_) = false;
  std::thread thread_;
};

}  // namespace tamga::readmission
