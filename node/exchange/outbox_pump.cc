#include "node/exchange/outbox_pump.h"

#include <chrono>
#include <set>
#include <utility>

#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr std::chrono::milliseconds kPause{250};
constexpr size_t kRowsAtOnce = 256;
// How often a partner's requests are looked at while it is left alone: some may expire.
constexpr absl::Duration kLookAtLeastEvery = absl::Minutes(1);

absl::StatusOr<std::vector<store::OutboxRow>> ReadDue(store::ExchangeDb& database, const std::string& partner,
                                                      absl::Time due_by, absl::Time retry_by) {
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  return session->DueOutbox(partner, due_by, kRowsAtOnce, retry_by);
}

// Those configured, and those whom the operator has removed while something waited for them: that has to end too.
std::set<std::string> PartnersOf(const DoorParts& parts) {
  std::set<std::string> partners;
  for (const auto& [partner, stub] : parts.partners) partners.insert(partner);
  absl::StatusOr<store::ReadSession> session = parts.database.Read();
  const auto waiting = session.ok() ? (*session)->CountOutboxByPartner() : session.status();
  if (!waiting.ok()) {
    Log(Severity::kError, "outbox not read", {{"detail", std::string(waiting.status().message())}});
    return partners;
  }
  for (const auto& [partner, count] : *waiting) partners.insert(partner);
  return partners;
}

}  // namespace

OutboxPump::OutboxPump(DoorParts& parts, AskingDoor& door) : parts_(parts), door_(door) {
  for (const std::string& partner : PartnersOf(parts)) threads_.emplace_back([this, partner] { Serve(partner); });
}

OutboxPump::~OutboxPump() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void OutboxPump::Serve(const std::string& partner) {
  uint64_t closings = door_.circuits().Closings(partner);
  // Right after the start nothing is under way, so nothing has to wait for an attempt to end.
  TryRequests(partner, absl::InfiniteFuture(), absl::InfiniteFuture());
  absl::Time looked_at = parts_.clock.Now();
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) stop_.WaitFor(mutex_, kPause);
      if (stopping_) return;
    }
    const absl::Time now = parts_.clock.Now();
    if (!door_.circuits().MayTry(partner) && now < looked_at + kLookAtLeastEvery) continue;
    const uint64_t closings_now = door_.circuits().Closings(partner);
    TryRequests(partner, now, closings_now == closings ? now : absl::InfiniteFuture());
    closings = closings_now;
    looked_at = now;
  }
}

void OutboxPump::TryRequests(const std::string& partner, absl::Time due_by, absl::Time retry_by) {
  const absl::StatusOr<std::vector<store::OutboxRow>> due = ReadDue(parts_.database, partner, due_by, retry_by);
  if (!due.ok()) {
    Log(Severity::kError, "outbox not read", {{"detail", std::string(due.status().message())}});
    return;
  }
  std::set<std::string> waiting;  // order tokens under which one has to wait on
  for (const store::OutboxRow& row : *due) {
    if (IsStopping()) return;
    // Giving one up needs neither partner nor turn.
    if (row.expires_at > parts_.clock.Now()) {
      if (waiting.count(row.order_token) > 0) continue;
      if (!door_.circuits().MayTry(partner)) {
        if (!row.order_token.empty()) waiting.insert(row.order_token);
        continue;
      }
    }
    const absl::Status status = door_.Resume(row);
    if (status.ok()) continue;
    if (!row.order_token.empty()) waiting.insert(row.order_token);
    PutOff(row, absl::IsDeadlineExceeded(status));
  }
}

void OutboxPump::PutOff(const store::OutboxRow& row, bool has_left) {
  const absl::Time next = parts_.clock.Now() + Backoff(row.attempts, static_cast<uint8_t>(parts_.rng.Bytes(1).front()));
  store::Effects effects;
  effects.writes.push_back([exchange_id = row.exchange_id, next, has_left](store::Transaction& transaction) {
    const absl::Status marked = transaction.MarkAttempt(exchange_id, next, has_left);
    return absl::IsNotFound(marked) ? absl::OkStatus() : marked;  // it was answered meanwhile
  });
  const absl::Status status = parts_.sequencer.Commit(std::move(effects));
  if (!status.ok()) Log(Severity::kError, "outbox not updated", {{"exchange", FormatUuid(row.exchange_id)}});
}

bool OutboxPump::IsStopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

}  // namespace tamga::exchange
