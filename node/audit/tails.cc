#include "node/audit/tails.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::audit {
namespace {

// Entries looked at in one go: what a tail may hold in memory.
constexpr size_t kStretch = 64;

absl::Status TooMany(absl::string_view whose) {
  return Error(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_TAILS",
      absl::StrCat("as many callers ", whose, " watch this log as the node lets; end one, or list the entries"));
}

absl::Status TooSlow() {
  return Error(absl::StatusCode::kResourceExhausted, "TAIL_TOO_SLOW",
               "no entry was taken for too long; go on from the index after the last entry that you have");
}

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
               "the node is stopping; go on later from the index after the last entry that you have");
}

}  // namespace

Tails::Tails(AuditedLog log, const Clock& clock) : log_(std::move(log)), clock_(clock), thread_([this] { Loop(); }) {
  log_.sequencer.OnCommit(this, [this] { Wake(); });
}

Tails::~Tails() {
  Stop();
  thread_.join();
}

absl::StatusOr<store::EntryFilter> Tails::Check(const certs::Principal& caller,
                                                const v1::TailEntriesRequest& request) const {
  const v1::ListEntriesRequest& filter = request.filter();
  if (filter.has_since() || filter.has_until() || filter.page_size() != 0 || !filter.page_token().empty()) {
    return InvalidField("filter", "a tail has no period and no pages; name the first entry with from_index");
  }
  if (!filter.seal_key_id().empty()) {
    return InvalidField("filter.seal_key_id", "is for lists; name a kind or a partner for a tail");
  }
  return VisibleFilter(log_, caller, filter);
}

absl::Status Tails::Begin(const std::string& agency, store::EntryFilter filter, std::optional<uint64_t> from,
                          std::shared_ptr<TailSink> sink) {
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  MutexLock lock(mutex_);
  if (stopping_) return ShuttingDown();
  CutOffSlow();
  RETURN_IF_ERROR(CheckPlace(agency));
  Tail tail;
  tail.agency = agency;
  tail.filter = std::move(filter);
  tail.next = from.value_or(newest.size);
  const TailSink* const place = sink.get();
  tail.sink = std::move(sink);
  tails_.emplace(place, std::move(tail));
  is_awake_ = true;
  changed_.NotifyOne();
  return absl::OkStatus();
}

absl::Status Tails::CheckPlace(const std::string& agency) const {
  const auto is_foreign = [this](const std::string& one) { return StateOf(one) != StateOf(log_.own_agency); };
  size_t of_agency = 0;
  size_t foreign = 0;
  for (const auto& [unused, tail] : tails_) {
    if (tail.agency == agency) ++of_agency;
    if (is_foreign(tail.agency)) ++foreign;
  }
  if (of_agency >= kMostTailsOfAnAgency) return TooMany("of your agency");
  if (is_foreign(agency) && foreign >= kMostForeignTails) return TooMany("of other States");
  return tails_.size() >= kMostTails ? TooMany("in all") : absl::OkStatus();
}

void Tails::Taken(const TailSink* sink) {
  MutexLock lock(mutex_);
  const auto tail = tails_.find(sink);
  if (tail == tails_.end()) return;
  tail->second.is_busy = false;
  is_awake_ = true;
  changed_.NotifyOne();
}

void Tails::Leave(const TailSink* sink) {
  std::shared_ptr<TailSink> gone;  // let go of outside the lock
  MutexLock lock(mutex_);
  const auto tail = tails_.find(sink);
  if (tail == tails_.end()) return;
  gone = std::move(tail->second.sink);
  tails_.erase(tail);
}

void Tails::Stop() {
  log_.sequencer.OnCommit(this, nullptr);
  std::map<const TailSink*, Tail> ended;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    ended.swap(tails_);
    changed_.NotifyOne();
  }
  for (auto& [unused, tail] : ended) tail.sink->End(ShuttingDown());
}

void Tails::CutOffSlow() {
  for (auto place = tails_.begin(); place != tails_.end();) {
    const Tail& tail = place->second;
    const bool is_slow = tail.is_busy && clock_.Now() - tail.sent_at >= kTailPatience;
    if (is_slow) tail.sink->CutOff(TooSlow());
    place = is_slow ? tails_.erase(place) : std::next(place);
  }
}

void Tails::Wake() {
  MutexLock lock(mutex_);
  is_awake_ = true;
  changed_.NotifyOne();
}

void Tails::Loop() {
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!is_awake_ && !stopping_) changed_.Wait(mutex_);
      if (stopping_) return;
      is_awake_ = false;
      if (tails_.empty()) continue;
    }
    // Entries beyond the checkpoint are not proven to be the log's yet.
    const absl::StatusOr<SignedCheckpoint> newest = NewestCheckpoint(log_);
    if (!newest.ok()) continue;
    MutexLock lock(mutex_);
    CutOffSlow();
    for (auto& [unused, tail] : tails_) {
      if (Feed(tail, newest->size)) is_awake_ = true;
    }
  }
}

bool Tails::Feed(Tail& tail, uint64_t size) {
  if (tail.is_busy) return false;
  if (tail.found.empty() && tail.next < size) {
    if (const absl::Status status = Search(tail, size); !status.ok()) {
      tail.is_busy = true;  // until it leaves
      tail.sent_at = clock_.Now();
      tail.sink->End(status);
      return false;
    }
  }
  if (tail.found.empty()) return tail.next < size;
  tail.is_busy = true;
  tail.sent_at = clock_.Now();
  tail.sink->Send(Indexed(log_, tail.found.front()));
  tail.found.pop_front();
  return false;
}

absl::Status Tails::Search(Tail& tail, uint64_t size) const {
  ASSIGN_OR_RETURN(store::ReadSession session, log_.database.Read());
  const size_t limit = static_cast<size_t>(std::min<uint64_t>(kStretch, size - tail.next));
  ASSIGN_OR_RETURN(std::vector<store::EntryRow> rows, session->EntriesFrom(tail.next, limit));
  tail.next += limit;
  for (store::EntryRow& row : rows) {
    if (row.index < tail.next && tail.filter.Covers(row)) tail.found.push_back(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace tamga::audit
