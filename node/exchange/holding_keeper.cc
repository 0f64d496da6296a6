#include "node/exchange/holding_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/base/clock.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/holding.h"
#include "node/exchange/message_store.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr size_t kBatch = 100;
constexpr int kMaxAttemptsOnConflict = 3;
constexpr absl::Duration kTryAgainAfter = absl::Minutes(10);

}  // namespace

absl::StatusOr<bool> HoldingKeeper::RunBatch() {
  std::vector<store::HoldingRow> rows;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(rows, session->DueHoldings(parts_.clock.Now(), kBatch));
  }
  for (store::HoldingRow& row : rows) {
    absl::Status status = SeeTo(row.origin);
    // Somebody changed the record meanwhile: look again.
    for (int attempt = 1; absl::IsAborted(status) && attempt < kMaxAttemptsOnConflict; ++attempt) {
      status = SeeTo(row.origin);
    }
    if (status.ok()) continue;
    Log(Severity::kError, "obligation not seen to",
        {{"exchange", FormatUuid(row.origin.exchange_id)},
         {"partner", row.origin.partner},
         {"detail", std::string(status.message())}});
    // Others must not wait behind it. Whoever changed it meanwhile has set its time anew.
    row.act_at = parts_.clock.Now() + kTryAgainAfter;
    store::Effects effects;
    effects.writes.push_back([row](store::Transaction& transaction) -> absl::Status {
      const absl::Status postponed = transaction.ChangeHolding(row, row.body);
      return absl::IsAborted(postponed) ? absl::OkStatus() : postponed;
    });
    RETURN_IF_ERROR(parts_.sequencer.Commit(std::move(effects)));
  }
  return rows.size() == kBatch;
}

absl::Status HoldingKeeper::SeeTo(const store::Origin& origin) {
  store::HoldingRow row;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(row, session->GetHolding(origin));
  }
  ASSIGN_OR_RETURN(const store::HoldingRow after_alarms, RaiseAlarms(row));
  return Erase(after_alarms);
}

absl::StatusOr<store::HoldingRow> HoldingKeeper::RaiseAlarms(const store::HoldingRow& row) {
  const absl::Time now = parts_.clock.Now();
  ASSIGN_OR_RETURN(v1::Holding holding, HoldingOf(row));
  const std::vector<v1::ObligationType> overdue = MarkOverdue(now, &holding);
  if (overdue.empty()) return row;
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_OVERDUE, holding, parts_.own_agency, now);
  for (const v1::ObligationType type : overdue) entry.add_obligations(type);
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  const store::HoldingRow changed = RowOf(holding);
  submission.effects.writes.push_back(
      [changed, body = row.body](store::Transaction& transaction) { return transaction.ChangeHolding(changed, body); });
  RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
  for (const v1::ObligationType type : overdue) {
    Log(Severity::kError, "obligation overdue",
        {{"exchange", FormatUuid(holding.exchange_id())},
         {"partner", holding.partner()},
         {"treaty", holding.treaty_id()},
         {"obligation", v1::ObligationType_Name(type)},
         {"due_at", UtcText(FromProto(FindDuty(type, &holding)->due_at()))}});
  }
  return changed;
}

// The payload, what the domain keeps of it, and the entry that says so, all at once.
absl::Status HoldingKeeper::Erase(const store::HoldingRow& row) {
  const absl::Time now = parts_.clock.Now();
  ASSIGN_OR_RETURN(v1::Holding holding, HoldingOf(row));
  if (!IsToBeErased(holding, now)) return absl::OkStatus();
  ledger::Submission submission;
  ASSIGN_OR_RETURN(submission.effects, EraseWhatCame(holding, now));
  MarkErased(now, &holding);
  submission.effects.writes.push_back(
      [changed = RowOf(holding), body = row.body](store::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.ForgetOrigin(changed.origin));
        return transaction.ChangeHolding(changed, body);
      });
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_ERASED, holding, parts_.own_agency, now);
  entry.add_obligations(v1::OBLIGATION_TYPE_RETAIN_AT_MOST);
  submission.entry = entry.SerializeAsString();
  return parts_.sequencer.Append(std::move(submission)).status();
}

absl::StatusOr<store::Effects> HoldingKeeper::EraseWhatCame(const v1::Holding& holding, absl::Time now) {
  const v1::EntryKind message = holding.own_asked() ? v1::ENTRY_KIND_DELIVERED : v1::ENTRY_KIND_RECEIVED;
  ASSIGN_OR_RETURN(const KeptRow kept,
                   FindAndRead(parts_.database, parts_.vault, {holding.partner(), holding.exchange_id(), message}));
  store::Effects effects = ErasePayload(kept, parts_.rng.Bytes(16), now);
  std::vector<store::RecordRow> records;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(records, session->RecordsOf(OriginOf(holding)));
  }
  // What was passed on of it, and what was told of it.
  for (const store::RecordRow& row : records) {
    if (!IsMessage(row)) continue;
    ASSIGN_OR_RETURN(const KeptRow told, ReadRow(parts_.vault, row));
    effects.Add(ErasePayload(told, parts_.rng.Bytes(16), now));
  }
  records.erase(std::remove_if(records.begin(), records.end(), IsMessage), records.end());
  const auto handler = parts_.handlers.find(holding.operation());
  if (handler == parts_.handlers.end()) return absl::InternalError("no service knows what the exchange brought");
  ASSIGN_OR_RETURN(store::Effects of_domain, handler->second->HandleErasure({holding, records, now}));
  effects.Add(std::move(of_domain));
  return effects;
}

}  // namespace tamga::exchange
