// Messages that wait until their partner can be reached.
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] =
    "SELECT xid, partner, operation, message_blob, attempts, next_at, expires_at, order_token, has_left, position, mac "
    "FROM outbox ";

std::string MacOf(const RowMac& mac, const OutboxRow& row) {
  return mac.Make("outbox", {row.exchange_id, row.partner, int64_t{row.operation}, row.message_blob, row.attempts,
                             RowMac::Of(row.next_attempt_at), RowMac::Of(row.expires_at), row.order_token,
                             int64_t{row.has_left}, row.position});
}

absl::StatusOr<OutboxRow> RowOf(const RowMac& mac, const Statement& statement) {
  OutboxRow row;
  row.exchange_id = statement.Bytes(0);
  row.partner = statement.Bytes(1);
  row.operation = static_cast<int>(statement.Int(2));
  row.message_blob = statement.Bytes(3);
  row.attempts = statement.Int(4);
  row.next_attempt_at = statement.Time(5);
  row.expires_at = statement.Time(6);
  row.order_token = statement.Bytes(7);
  row.has_left = statement.Int(8) != 0;
  row.position = statement.Int(9);
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(10), "outbox message", row.exchange_id));
  return row;
}

absl::StatusOr<std::vector<OutboxRow>> RowsOf(const RowMac& mac, Statement& statement) {
  return AllRows<OutboxRow>(statement, [&mac](const Statement& row) { return RowOf(mac, row); });
}

// Of a row that is there and good.
absl::Status PutAttempts(Database& database, const RowMac& mac, const OutboxRow& row) {
  Statement statement(database,
                      "UPDATE outbox SET attempts = ?2, next_at = ?3, has_left = ?4, mac = ?5 WHERE xid = ?1");
  return statement.BindBlob(1, row.exchange_id)
      .BindInt(2, row.attempts)
      .BindTime(3, row.next_attempt_at)
      .BindInt(4, row.has_left ? 1 : 0)
      .BindBlob(5, MacOf(mac, row))
      .Run();
}

}  // namespace

absl::StatusOr<std::vector<OutboxRow>> Reader::DueOutbox(absl::string_view partner, absl::Time now, size_t limit,
                                                         absl::Time retry_by) {
  Statement statement(
      database_,
      absl::StrCat(kColumns,
                   "WHERE partner = ?1 AND (expires_at <= ?2 OR ((next_at <= ?2 OR (attempts > 0 AND next_at <= ?4)) "
                   "AND (order_token = '' OR NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.partner = ?1 "
                   "AND older.order_token = outbox.order_token AND older.order_token <> '' "
                   "AND older.position < outbox.position AND older.next_at > ?2 AND older.expires_at > ?2 "
                   "AND (older.attempts = 0 OR older.next_at > ?4))))) ORDER BY position LIMIT ?3"));
  return RowsOf(
      mac_,
      statement.BindText(1, partner).BindTime(2, now).BindInt(3, static_cast<int64_t>(limit)).BindTime(4, retry_by));
}

absl::StatusOr<std::vector<OutboxRow>> Reader::ListOutbox(size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "ORDER BY position LIMIT ?1"));
  return RowsOf(mac_, statement.BindInt(1, static_cast<int64_t>(limit)));
}

absl::StatusOr<OutboxRow> Reader::FindOutbox(absl::string_view exchange_id) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1"));
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, exchange_id).Step());
  if (!found) return absl::NotFoundError("the exchange is not in the outbox");
  return RowOf(mac_, statement);
}

absl::StatusOr<bool> Reader::WaitsInOrder(absl::string_view partner, absl::string_view order_token) {
  Statement statement(database_,
                      "SELECT 1 FROM outbox WHERE partner = ?1 AND order_token = ?2 AND order_token <> '' LIMIT 1");
  return statement.BindText(1, partner).BindText(2, order_token).Step();
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

absl::StatusOr<std::map<std::string, absl::Time>> Reader::FirstOutboxExpiries() {
  Statement statement(database_, "SELECT partner, min(expires_at) FROM outbox GROUP BY partner");
  std::map<std::string, absl::Time> expiries;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return expiries;
    expiries[statement.Bytes(0)] = statement.Time(1);
  }
}

// A position is that of the commit, not of the exchange id, which is made before: what was committed first leaves
// first.
absl::Status Transaction::AddOutbox(const OutboxRow& row) {
  OutboxRow placed = row;
  ASSIGN_OR_RETURN(placed.position, database_.QueryInt("SELECT coalesce(max(position), 0) + 1 FROM outbox"));
  Statement statement(database_,
                      "INSERT INTO outbox(xid, partner, operation, message_blob, attempts, next_at, expires_at, "
                      "order_token, has_left, position, mac) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(xid) DO NOTHING");
  RETURN_IF_ERROR(statement.BindBlob(1, placed.exchange_id)
                      .BindText(2, placed.partner)
                      .BindInt(3, placed.operation)
                      .BindBlob(4, placed.message_blob)
                      .BindInt(5, placed.attempts)
                      .BindTime(6, placed.next_attempt_at)
                      .BindTime(7, placed.expires_at)
                      .BindText(8, placed.order_token)
                      .BindInt(9, placed.has_left ? 1 : 0)
                      .BindInt(10, placed.position)
                      .BindBlob(11, MacOf(mac_, placed))
                      .Run());
  if (database_.changes() == 0) return absl::AlreadyExistsError("the exchange is in the outbox already");
  return absl::OkStatus();
}

absl::Status Transaction::MarkAttempt(absl::string_view exchange_id, absl::Time next_attempt_at, bool has_left) {
  ASSIGN_OR_RETURN(OutboxRow row, FindOutbox(exchange_id));
  ++row.attempts;
  row.next_attempt_at = next_attempt_at;
  row.has_left = row.has_left || has_left;
  return PutAttempts(database_, mac_, row);
}

absl::Status Transaction::PostponeOutbox(absl::string_view exchange_id, absl::Time next_attempt_at) {
  ASSIGN_OR_RETURN(OutboxRow row, FindOutbox(exchange_id));
  row.next_attempt_at = next_attempt_at;
  return PutAttempts(database_, mac_, row);
}

absl::Status Transaction::RemoveOutbox(absl::string_view exchange_id) {
  return Statement(database_, "DELETE FROM outbox WHERE xid = ?1").BindBlob(1, exchange_id).Run();
}

}  // namespace tamga::store
