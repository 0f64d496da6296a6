// Messages that wait until their partner can be reached.
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] = "SELECT xid, partner, operation, message_blob, attempts, next_at, expires_at FROM outbox ";

OutboxRow RowOf(const Statement& statement) {
  OutboxRow row;
  row.exchange_id = statement.Bytes(0);
  row.partner = statement.Bytes(1);
  row.operation = static_cast<int>(statement.Int(2));
  row.message_blob = statement.Bytes(3);
  row.attempts = statement.Int(4);
  row.next_attempt_at = statement.Time(5);
  row.expires_at = statement.Time(6);
  return row;
}

}  // namespace

// Exchange ids begin with the time at which they were made, so their order is that of age.
absl::StatusOr<std::vector<OutboxRow>> Reader::DueOutbox(absl::string_view partner, absl::Time now, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE partner = ?1 AND (next_at <= ?2 OR expires_at <= ?2) ",
                                              "ORDER BY xid LIMIT ?3"));
  return AllRows(statement.BindText(1, partner).BindTime(2, now).BindInt(3, static_cast<int64_t>(limit)), RowOf);
}

absl::StatusOr<std::vector<OutboxRow>> Reader::ListOutbox(size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "ORDER BY xid LIMIT ?1"));
  return AllRows(statement.BindInt(1, static_cast<int64_t>(limit)), RowOf);
}

absl::StatusOr<OutboxRow> Reader::FindOutbox(absl::string_view exchange_id) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1"));
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, exchange_id).Step());
  if (!found) return absl::NotFoundError("the exchange is not in the outbox");
  return RowOf(statement);
}

absl::StatusOr<std::map<std::string, uint64_t>> Reader::CountOutboxByPartner() {
  Statement statement(database_, "SELECT partner, count(*) FROM outbox GROUP BY partner");
  std::map<std::string, uint64_t> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return counts;
    counts[statement.Bytes(0)] = static_cast<uint64_t>(statement.Int(1));
  }
}

absl::Status Transaction::AddOutbox(const OutboxRow& row) {
  Statement statement(database_,
                      "INSERT INTO outbox(xid, partner, operation, message_blob, attempts, next_at, expires_at) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(xid) DO NOTHING");
  RETURN_IF_ERROR(statement.BindBlob(1, row.exchange_id)
                      .BindText(2, row.partner)
                      .BindInt(3, row.operation)
                      .BindBlob(4, row.message_blob)
                      .BindInt(5, row.attempts)
                      .BindTime(6, row.next_attempt_at)
                      .BindTime(7, row.expires_at)
                      .Run());
  if (database_.changes() == 0) return absl::AlreadyExistsError("the exchange is in the outbox already");
  return absl::OkStatus();
}

absl::Status Transaction::MarkAttempt(absl::string_view exchange_id, absl::Time next_attempt_at) {
  Statement statement(database_, "UPDATE outbox SET attempts = attempts + 1, next_at = ?2 WHERE xid = ?1");
  RETURN_IF_ERROR(statement.BindBlob(1, exchange_id).BindTime(2, next_attempt_at).Run());
  if (database_.changes() == 0) return absl::NotFoundError("the exchange is not in the outbox");
  return absl::OkStatus();
}

absl::Status Transaction::PostponeOutbox(absl::string_view exchange_id, absl::Time next_attempt_at) {
  Statement statement(database_, "UPDATE outbox SET next_at = ?2 WHERE xid = ?1");
  RETURN_IF_ERROR(statement.BindBlob(1, exchange_id).BindTime(2, next_attempt_at).Run());
  if (database_.changes() == 0) return absl::NotFoundError("the exchange is not in the outbox");
  return absl::OkStatus();
}

absl::Status Transaction::RemoveOutbox(absl::string_view exchange_id) {
  return Statement(database_, "DELETE FROM outbox WHERE xid = ?1").BindBlob(1, exchange_id).Run();
}

}  // namespace tamga::store
