#include "node/exchange/outbox_pump.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/uuid.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr std::chrono::milliseconds kPause{250};
constexpr size_t kRowsAtOnce = 256;
constexpr absl::Duration kLongestBackoff = absl::Minutes(5);

}  // namespace

OutboxPump::OutboxPump(DoorParts& parts, AskingDoor& door) : parts_(parts), door_(door), thread_([this] { Loop(); }) {}

OutboxPump::~OutboxPump() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

absl::Duration OutboxPump::Backoff(int64_t attempts, uint8_t random_byte) {
  const absl::Duration step =
      absl::Seconds(1) * static_cast<double>(int64_t{1} << std::clamp<int64_t>(attempts, 0, 16));
  return std::min(step, kLongestBackoff) * (0.75 + random_byte / 510.0);
}

void OutboxPump::Loop() {
  // Right after the start nothing is under way, so nothing has to wait for an attempt to end.
  Run([](store::Reader& reader) { return reader.ListOutbox(kRowsAtOnce); });
  while (true) {
    Run([this](store::Reader& reader) { return reader.DueOutbox(parts_.clock.Now(), kRowsAtOnce); });
    MutexLock lock(mutex_);
    if (!stopping_) changed_.WaitFor(mutex_, kPause);
    if (stopping_) return;
  }
}

void OutboxPump::Run(const std::function<absl::StatusOr<std::vector<store::OutboxRow>>(store::Reader&)>& find) {
  std::vector<store::OutboxRow> due;
  {
    absl::StatusOr<store::ReadSession> session = parts_.database.Read();
    absl::StatusOr<std::vector<store::OutboxRow>> rows =
        session.ok() ? find(**session) : absl::StatusOr<std::vector<store::OutboxRow>>(session.status());
    if (!rows.ok()) {
      Log(Severity::kError, "outbox not read", {{"detail", std::string(rows.status().message())}});
      return;
    }
    due = *std::move(rows);
  }
  std::map<std::string, std::vector<store::OutboxRow>> by_partner;
  for (store::OutboxRow& row : due) by_partner[row.partner].push_back(std::move(row));
  std::vector<std::thread> attempts;
  for (const auto& [partner, rows] : by_partner) attempts.emplace_back([this, &rows = rows] { TryPartner(rows); });
  for (std::thread& attempt : attempts) attempt.join();
}

void OutboxPump::TryPartner(const std::vector<store::OutboxRow>& rows) {
  bool reachable = true;
  for (const store::OutboxRow& row : rows) {
    // What comes after a request that could not be delivered waits with it, so that order is kept.
    absl::Status status = reachable ? door_.Resume(row) : absl::UnavailableError("behind another request");
    if (status.ok() || absl::IsNotFound(status)) continue;
    reachable = false;
    const absl::Time next =
        parts_.clock.Now() + Backoff(row.attempts, static_cast<uint8_t>(parts_.rng.Bytes(1).front()));
    store::Effects effects;
    effects.writes.push_back([exchange_id = row.exchange_id, next](store::Transaction& transaction) {
      const absl::Status marked = transaction.MarkAttempt(exchange_id, next);
      return absl::IsNotFound(marked) ? absl::OkStatus() : marked;  // it was answered meanwhile
    });
    status = parts_.sequencer.Commit(std::move(effects));
    if (!status.ok()) Log(Severity::kError, "outbox not updated", {{"exchange", FormatUuid(row.exchange_id)}});
  }
}

}  // namespace tamga::exchange
