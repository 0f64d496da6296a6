#include "node/exchange/outbox_pump.h"

#include <algorithm>
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
constexpr absl::Duration kLongestBackoff = absl::Minutes(5);

absl::StatusOr<std::vector<store::OutboxRow>> ReadDue(store::ExchangeDb& database, const std::string& partner,
                                                      absl::Time due_by) {
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  return session->DueOutbox(partner, due_by, kRowsAtOnce);
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

absl::Duration OutboxPump::Backoff(int64_t attempts, uint8_t random_byte) {
  const absl::Duration step =
      absl::Seconds(1) * static_cast<double>(int64_t{1} << std::clamp<int64_t>(attempts, 0, 16));
  return std::min(step, kLongestBackoff) * (0.75 + random_byte / 510.0);
}

void OutboxPump::Serve(const std::string& partner) {
  // Right after the start nothing is under way, so nothing has to wait for an attempt to end.
  absl::Time resting_until = TryRequests(partner, absl::InfiniteFuture());
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) stop_.WaitFor(mutex_, kPause);
      if (stopping_) return;
    }
    const absl::Time now = parts_.clock.Now();
    if (now >= resting_until) resting_until = TryRequests(partner, now);
  }
}

absl::Time OutboxPump::TryRequests(const std::string& partner, absl::Time due_by) {
  absl::Time resting_until = absl::InfinitePast();
  const absl::StatusOr<std::vector<store::OutboxRow>> due = ReadDue(parts_.database, partner, due_by);
  if (!due.ok()) {
    Log(Severity::kError, "outbox not read", {{"detail", std::string(due.status().message())}});
    return resting_until;
  }
  for (const store::OutboxRow& row : *due) {
    if (IsStopping()) break;
    // What comes after a request that could not be delivered waits with it, so that order is kept; but giving one up
    // needs no partner.
    const bool is_waiting = resting_until != absl::InfinitePast() && row.expires_at > parts_.clock.Now();
    if (is_waiting) continue;
    const absl::Status status = door_.Resume(row);
    if (status.ok()) continue;
    const absl::Time next_attempt = PutOff(row);
    // One that is gone or damaged here tells nothing about the partner.
    if (!absl::IsNotFound(status) && !absl::IsDataLoss(status)) resting_until = next_attempt;
  }
  return resting_until;
}

absl::Time OutboxPump::PutOff(const store::OutboxRow& row) {
  const absl::Time next = parts_.clock.Now() + Backoff(row.attempts, static_cast<uint8_t>(parts_.rng.Bytes(1).front()));
  store::Effects effects;
  effects.writes.push_back([exchange_id = row.exchange_id, next](store::Transaction& transaction) {
    const absl::Status marked = transaction.MarkAttempt(exchange_id, next);
    return absl::IsNotFound(marked) ? absl::OkStatus() : marked;  // it was answered meanwhile
  });
  const absl::Status status = parts_.sequencer.Commit(std::move(effects));
  if (!status.ok()) Log(Severity::kError, "outbox not updated", {{"exchange", FormatUuid(row.exchange_id)}});
  return next;
}

bool OutboxPump::IsStopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

}  // namespace tamga::exchange
