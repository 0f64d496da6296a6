// Messages that came to nothing, until an operator has them sent anew or takes them off the list.
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] =
    "SELECT xid, partner, operation, order_token, state, reason, attempts, since, mac FROM dead_letter ";

std::string MacOf(const RowMac& mac, const DeadLetterRow& row) {
  return mac.Make("dead_letter", {row.exchange_id, row.partner, int64_t{row.operation}, row.order_token,
                                  int64_t{row.state}, row.reason, row.attempts, RowMac::Of(row.since)});
}

absl::StatusOr<DeadLetterRow> RowOf(const RowMac& mac, const Statement& statement) {
  DeadLetterRow row;
  row.exchange_id = statement.Bytes(0);
  row.partner = statement.Bytes(1);
  row.operation = static_cast<int>(statement.Int(2));
  row.order_token = statement.Bytes(3);
  row.state = static_cast<int>(statement.Int(4));
  row.reason = statement.Bytes(5);
  row.attempts = statement.Int(6);
  row.since = statement.Time(7);
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(8), "dead letter", row.exchange_id));
  return row;
}

}  // namespace

absl::StatusOr<std::vector<DeadLetterRow>> Reader::ListDeadLetters(size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "ORDER BY since, xid LIMIT ?1"));
  statement.BindInt(1, static_cast<int64_t>(limit));
  return AllRows<DeadLetterRow>(statement, [this](const Statement& row) { return RowOf(mac_, row); });
}

absl::StatusOr<DeadLetterRow> Reader::FindDeadLetter(absl::string_view exchange_id) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1"));
  ASSIGN_OR_RETURN(const bool found, statement.BindBlob(1, exchange_id).Step());
  if (!found) return absl::NotFoundError("the exchange is not among the dead letters");
  return RowOf(mac_, statement);
}

absl::StatusOr<std::map<std::string, uint64_t>> Reader::CountDeadLettersByPartner() {
  Statement statement(database_, "SELECT partner, count(*) FROM dead_letter GROUP BY partner");
  std::map<std::string, uint64_t> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return counts;
    counts[statement.Bytes(0)] = static_cast<uint64_t>(statement.Int(1));
  }
}

absl::Status Transaction::PutDeadLetter(const DeadLetterRow& row) {
  Statement statement(database_,
                      "INSERT OR REPLACE INTO dead_letter(xid, partner, operation, order_token, state, reason, "
                      "attempts, since, mac) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  return statement.BindBlob(1, row.exchange_id)
      .BindText(2, row.partner)
      .BindInt(3, row.operation)
      .BindText(4, row.order_token)
      .BindInt(5, row.state)
      .BindText(6, row.reason)
      .BindInt(7, row.attempts)
      .BindTime(8, row.since)
      .BindBlob(9, MacOf(mac_, row))
      .Run();
}

absl::Status Transaction::RemoveDeadLetter(absl::string_view exchange_id) {
  RETURN_IF_ERROR(Statement(database_, "DELETE FROM dead_letter WHERE xid = ?1").BindBlob(1, exchange_id).Run());
  if (database_.changes() == 0) return absl::NotFoundError("the exchange is not among the dead letters");
  return absl::OkStatus();
}

}  // namespace tamga::store
