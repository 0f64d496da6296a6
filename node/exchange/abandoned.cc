#include "node/exchange/abandoned.h"

#include <string>
#include <utility>
#include <vector>

#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/message_store.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr size_t kBatch = 100;

absl::StatusOr<ledger::Submission> Erasing(DoorParts& parts, const KeptRow& kept, absl::Time now) {
  v1::MessageHeader header;
  if (!header.ParseFromString(kept.kept.message().header())) return absl::DataLossError("its header is unreadable");
  v1::LogEntry entry =
      StartEntry(v1::ENTRY_KIND_ERASED, header, parts.own_agency, header.from(), parts.pseudonyms, now);
  entry.set_reason("NEVER_ANSWERED");
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects = ErasePayload(kept, parts.rng.Bytes(16), now);
  return submission;
}

// OK if it was answered after all.
absl::Status UnlessAnswered(const absl::Status& status) { return absl::IsAborted(status) ? absl::OkStatus() : status; }

absl::Status Erase(DoorParts& parts, const store::ReceivedRow& row, absl::Time now) {
  store::Effects forget;
  forget.writes.push_back([row](store::Transaction& transaction) { return transaction.ForgetReceived(row); });
  const absl::StatusOr<KeptRow> kept =
      FindAndRead(parts.database, parts.vault, {row.sender, row.exchange_id, v1::ENTRY_KIND_RECEIVED});
  if (kept.ok() && !kept->HasPayload()) return UnlessAnswered(parts.sequencer.Commit(std::move(forget)));
  absl::StatusOr<ledger::Submission> submission =
      kept.ok() ? Erasing(parts, *kept, now) : absl::StatusOr<ledger::Submission>(kept.status());
  if (!submission.ok()) {
    Log(Severity::kError, "unanswered request not erased",
        {{"exchange", FormatUuid(row.exchange_id)},
         {"partner", row.sender},
         {"detail", std::string(submission.status().message())}});
    return UnlessAnswered(parts.sequencer.Commit(std::move(forget)));
  }
  submission->effects.Add(std::move(forget));
  return UnlessAnswered(parts.sequencer.Append(*std::move(submission)).status());
}

}  // namespace

absl::StatusOr<bool> EraseAbandoned(DoorParts& parts) {
  const absl::Time now = parts.clock.Now();
  std::vector<store::ReceivedRow> rows;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts.database.Read());
    ASSIGN_OR_RETURN(rows, session->ExpiredUnanswered(now, kBatch));
  }
  size_t done = 0;
  for (const store::ReceivedRow& row : rows) {
    const absl::Status status = Erase(parts, row, now);
    // One row that somebody has altered must not keep the others from being erased.
    if (!status.ok() && !absl::IsDataLoss(status)) return status;
    if (status.ok()) {
      ++done;
    } else {
      Log(Severity::kError, "unanswered request not erased",
          {{"exchange", FormatUuid(row.exchange_id)},
           {"partner", row.sender},
           {"detail", std::string(status.message())}});
    }
  }
  return rows.size() == kBatch && done > 0;
}

}  // namespace tamga::exchange
