// What a Write may change in the exchange database, in the words of the domain.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/store/reader.h"

namespace tamga::store {

// How long an idempotency key is remembered.
inline constexpr absl::Duration kIdempotencyPeriod = absl::Hours(24 * 7);

// Reads see what the transaction has written. Lives only while a Write runs.
//
// A vault blob belongs to the record that names it: when that version of the record goes, the vault erases the blob
// soon after the commit. Inbox and outbox only refer to blobs, which must be kept as records too.
class Transaction final : public Reader {
 public:
  using Reader::Reader;

  // Replay cache (inbox_table.cc).
  // Remembers a message of `sender` until `expires_at`, unless it is known: then tells what is known of it.
  absl::StatusOr<Reception> RecordReceived(absl::string_view sender, absl::string_view exchange_id,
                                           absl::string_view header_sha256, absl::Time expires_at);
  // ResourceExhausted (TOO_MANY_REMEMBERED) if as many as `most` of the sender's messages, or of its idempotency keys,
  // are remembered already. To be asked before a new message is; it costs the same however many there are.
  absl::Status CheckRoomToRemember(absl::string_view sender, size_t most);
  // NotFound if the message is not remembered.
  absl::Status SetAnswered(absl::string_view sender, absl::string_view exchange_id, absl::string_view reply_blob);
  // The same for a sender's idempotency key, which stands for a body rather than for a message.
  absl::StatusOr<Reception> ClaimIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                absl::string_view body_sha256, absl::string_view exchange_id,
                                                absl::Time now);
  absl::Status SetKeyAnswered(absl::string_view sender, absl::string_view key, absl::string_view reply_blob);
  // Forgets keys, and messages that were answered, when they have expired.
  absl::Status PruneInbox(absl::Time now);
  // Forgets a message that was not answered. Aborted if it was.
  absl::Status ForgetReceived(const ReceivedRow& row);

  // Outbox (outbox_table.cc).
  // Puts it behind all that wait, whatever the row's position says. AlreadyExists if the exchange waits already.
  absl::Status AddOutbox(const OutboxRow& row);
  // Counts an attempt and sets when the next is due: pass the end of the attempt's time before it is made, so that no
  // other attempt begins meanwhile, and the time to wait until after it has failed. `has_left`: the partner may have
  // got it. NotFound if it does not wait.
  absl::Status MarkAttempt(absl::string_view exchange_id, absl::Time next_attempt_at, bool has_left = false);
  // Sets when the next attempt is due, without counting one. NotFound if it does not wait.
  absl::Status PostponeOutbox(absl::string_view exchange_id, absl::Time next_attempt_at);
  // Does nothing if it does not wait.
  absl::Status RemoveOutbox(absl::string_view exchange_id);

  // Messages that came to nothing (dead_letter_table.cc).
  // In the place of what was said of the exchange before.
  absl::Status PutDeadLetter(const DeadLetterRow& row);
  // NotFound if it is none.
  absl::Status RemoveDeadLetter(absl::string_view exchange_id);

  // Domain records (record_table.cc). Aborted (reason VERSION_CONFLICT) unless the stored version is
  // `expected_version`; 0 stands for "there is none". Without an `origin` the record keeps the one that it has.
  absl::Status PutRecord(absl::string_view kind, absl::string_view id, int64_t expected_version, absl::string_view blob,
                         absl::Time now, const std::optional<Origin>& origin = std::nullopt);
  absl::Status DeleteRecord(absl::string_view kind, absl::string_view id, int64_t expected_version);
  // The same, of the record that this is the version of.
  absl::Status DeleteRecord(const RecordRow& version);

  // Takes the origin away from all records that have it: what came by it is erased, or was replaced.
  absl::Status ForgetOrigin(const Origin& origin);

  // What exchanges brought (holding_table.cc).
  // AlreadyExists if the exchange has left one.
  absl::Status AddHolding(const HoldingRow& row);
  // Puts `row` in the place of the one with its origin. Aborted (reason VERSION_CONFLICT) unless that one's body is
  // `expected_body`, NotFound if there is none.
  absl::Status ChangeHolding(const HoldingRow& row, absl::string_view expected_body);

  // Readmission cases (case_table.cc).
  // Puts the row in the place of the one of its case, if there is one, and gives it the next change number.
  absl::Status PutCase(const CaseRow& row);
  // Sets when the clock is asked about the case again, which is no change of it. Does nothing if the case has changed
  // since. An altered row stays one.
  absl::Status PostponeCase(const CaseToActOn& seen, absl::Time act_at);
  // Does nothing if there is no such case.
  absl::Status RemoveCase(absl::string_view case_id);

  // Quotas (quota_table.cc). Counts one more use under `key`, unless `amount` uses were counted within `window` before
  // `now`: then nothing changes, and the answer is false.
  absl::StatusOr<bool> CountUse(absl::string_view key, uint32_t amount, absl::Duration window, absl::Time now);
  // Forgets uses that are older than the window with which they were counted.
  absl::Status PruneQuotas(absl::Time now);

  // Logs and their witnesses (witness_table.cc).
  // Puts what is seen now in the place of what was seen before. Aborted unless that is of `expected_size`, or there is
  // none and `expected_size` is 0.
  absl::Status PutSeen(const SeenRow& row, uint64_t expected_size);
  // What is seen next is believed as it is.
  absl::Status ForgetSeen(absl::string_view origin);
  absl::Status AddContradiction(const ContradictionRow& row);
  // All contradictions of the log are settled from now on.
  absl::Status SettleContradictions(absl::string_view origin);
  absl::Status PutCosigned(const CosignedRow& row);

  // Has the vault erase a blob soon after the commit, unless a record names it then (discarded_blob_table.cc).
  absl::Status DiscardBlob(absl::string_view blob);

 private:
  absl::Status DeleteStored(absl::string_view kind, absl::string_view stored_id, int64_t expected_version);
};

}  // namespace tamga::store
