#include "node/readmission/case_watch.h"

#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/readmission/case_lists.h"

namespace tamga::readmission {
namespace {

// Changes that a watch may hold in memory.
constexpr size_t kStretch = 64;
// For commits that nobody told of.
constexpr std::chrono::seconds kLookEvery{1};

absl::Status TooMany(absl::string_view whose) {
  return Error(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHES",
      absl::StrCat("as many callers ", whose, " watch the cases as the node lets; end one, or list the cases"));
}

absl::Status TooSlow() {
  return Error(absl::StatusCode::kResourceExhausted, "WATCH_TOO_SLOW",
               "no change was taken for too long; go on from the cursor of the last that you have dealt with");
}

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
               "the node is stopping; go on later from the cursor of the last that you have dealt with");
}

absl::Status TooOld() {
  return Error(absl::StatusCode::kOutOfRange, "CURSOR_TOO_OLD",
               "cursor: it is not of the database that this node has now, so that changes since cannot be told; list "
               "the cases, and watch with an empty cursor");
}

std::string CursorOf(const store::CaseChangesHead& head, uint64_t change) {
  return absl::StrCat(HexEncode(head.epoch), "-", change);
}

// The number after which the watch goes on.
absl::StatusOr<uint64_t> PlaceOf(const store::CaseChangesHead& head, const std::string& cursor) {
  if (cursor.empty()) return head.newest;
  const std::vector<std::string> parts = absl::StrSplit(cursor, '-');
  uint64_t change = 0;
  const bool is_form = parts.size() == 2 && parts[0].size() == 2 * head.epoch.size() && HexDecode(parts[0]).ok() &&
                       absl::SimpleAtoi(parts[1], &change);
  if (!is_form) {
    return InvalidField("cursor", "not one that a watch has given; leave it empty to begin from now");
  }
  if (cursor != CursorOf(head, change) || change > head.newest) return TooOld();
  return change;
}

absl::StatusOr<store::CaseChangesHead> Newest(store::ReadableDb& database) {
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  return session->NewestCaseChange();
}

}  // namespace

CaseWatches::CaseWatches(store::ReadableDb& database, const CaseStore& cases, ledger::Sequencer& sequencer,
                         const Clock& clock)
    : database_(database), cases_(cases), sequencer_(sequencer), clock_(clock), thread_([this] { Loop(); }) {
  sequencer_.OnCommit(this, [this] { Wake(); });
}

CaseWatches::~CaseWatches() {
  Stop();
  thread_.join();
}

absl::Status CaseWatches::Begin(const std::string& caller, const std::string& cursor, std::shared_ptr<WatchSink> sink) {
  ASSIGN_OR_RETURN(const store::CaseChangesHead head, Newest(database_));
  Watch watch;
  ASSIGN_OR_RETURN(watch.told, PlaceOf(head, cursor));
  watch.caller = caller;
  MutexLock lock(mutex_);
  if (stopping_) return ShuttingDown();
  CutOffSlow();
  RETURN_IF_ERROR(CheckPlace(caller));
  const WatchSink* const place = sink.get();
  watch.sink = std::move(sink);
  watches_.emplace(place, std::move(watch));
  Wake();
  return absl::OkStatus();
}

absl::Status CaseWatches::CheckPlace(const std::string& caller) const {
  size_t of_caller = 0;
  for (const auto& [unused, watch] : watches_) {
    if (watch.caller == caller) ++of_caller;
  }
  if (of_caller >= kMostWatchesOfACaller) return TooMany("of your name");
  return watches_.size() >= kMostWatches ? TooMany("in all") : absl::OkStatus();
}

void CaseWatches::Taken(const WatchSink* sink) {
  MutexLock lock(mutex_);
  const auto watch = watches_.find(sink);
  if (watch == watches_.end()) return;
  watch->second.is_busy = false;
  Wake();
}

void CaseWatches::Leave(const WatchSink* sink) {
  std::shared_ptr<WatchSink> gone;  // let go of outside the lock
  MutexLock lock(mutex_);
  const auto watch = watches_.find(sink);
  if (watch == watches_.end()) return;
  gone = std::move(watch->second.sink);
  watches_.erase(watch);
}

void CaseWatches::Stop() {
  sequencer_.OnCommit(this, nullptr);
  std::map<const WatchSink*, Watch> ended;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    ended.swap(watches_);
  }
  Wake();
  for (auto& [unused, watch] : ended) watch.sink->End(ShuttingDown());
}

void CaseWatches::CutOffSlow() {
  for (auto place = watches_.begin(); place != watches_.end();) {
    const Watch& watch = place->second;
    const bool is_slow = watch.is_busy && clock_.Now() - watch.sent_at >= kWatchPatience;
    if (is_slow) watch.sink->CutOff(TooSlow());
    place = is_slow ? watches_.erase(place) : std::next(place);
  }
}

void CaseWatches::Wake() {
  MutexLock lock(wake_mutex_);
  is_awake_ = true;
  woken_.NotifyOne();
}

void CaseWatches::Loop() {
  while (true) {
    {
      MutexLock lock(wake_mutex_);
      if (!is_awake_) woken_.WaitFor(wake_mutex_, kLookEvery);
      is_awake_ = false;
    }
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
      if (watches_.empty()) continue;
    }
    const absl::StatusOr<store::CaseChangesHead> head = Newest(database_);
    if (!head.ok()) {
      Log(Severity::kError, "changes of cases not told", {{"detail", std::string(head.status().message())}});
      continue;
    }
    MutexLock lock(mutex_);
    CutOffSlow();
    for (auto& [unused, watch] : watches_) Feed(watch, *head);
  }
}

void CaseWatches::Feed(Watch& watch, const store::CaseChangesHead& head) {
  if (watch.is_busy) return;
  const absl::StatusOr<v1::WatchReadmissionCasesResponse> next = Next(watch, head);
  if (next.ok() && next->cursor().empty()) return;
  watch.is_busy = true;  // after an error: until it leaves
  watch.sent_at = clock_.Now();
  if (next.ok()) {
    watch.sink->Send(*next);
  } else {
    watch.sink->End(next.status());
  }
}

absl::StatusOr<v1::WatchReadmissionCasesResponse> CaseWatches::Next(Watch& watch,
                                                                    const store::CaseChangesHead& head) const {
  v1::WatchReadmissionCasesResponse response;
  bool is_past_one = false;  // that is not told
  while (true) {
    if (watch.next.empty() && watch.told < head.newest) {
      ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(const std::vector<store::CaseRow> rows, session->CaseChanges(watch.told, kStretch));
      watch.next.assign(rows.begin(), rows.end());
      // The last numbers may be those of cases that are removed, or were changed again.
      if (rows.empty()) watch.told = head.newest;
    }
    if (watch.next.empty()) break;
    const store::CaseRow row = std::move(watch.next.front());
    watch.next.pop_front();
    watch.told = row.change;
    ASSIGN_OR_RETURN(std::optional<v1::ReadmissionCase> listed, FindListedCase(cases_, row.case_id, clock_.Now()));
    is_past_one = !listed.has_value();
    if (is_past_one) continue;
    response.set_cursor(CursorOf(head, watch.told));
    *response.mutable_case_() = *std::move(listed);
    return response;
  }
  // The cursor goes past what is not told, too.
  if (watch.caught_up && !is_past_one) return response;
  watch.caught_up = true;
  response.set_cursor(CursorOf(head, watch.told));
  return response;
}

}  // namespace tamga::readmission
