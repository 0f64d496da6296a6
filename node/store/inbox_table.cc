// The replay cache: messages and idempotency keys that came in, and how they were answered.
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

// Reads (exchange id, digest, reply blob or NULL).
absl::StatusOr<Reception> ReceptionOf(Statement& statement, absl::string_view digest) {
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return Reception{};
  Reception reception;
  reception.exchange_id = statement.Bytes(0);
  if (statement.Bytes(1) != digest) {
    reception.state = Reception::State::kContradictory;
  } else if (statement.IsNull(2)) {
    reception.state = Reception::State::kUnanswered;
  } else {
    reception.state = Reception::State::kAnswered;
    reception.reply_blob = statement.Bytes(2);
  }
  return reception;
}

}  // namespace

absl::StatusOr<Reception> Reader::FindReceived(absl::string_view sender, absl::string_view exchange_id,
                                               absl::string_view header_sha256) {
  Statement statement(database_, "SELECT xid, header_sha256, reply_blob FROM inbox WHERE sender = ?1 AND xid = ?2");
  return ReceptionOf(statement.BindText(1, sender).BindBlob(2, exchange_id), header_sha256);
}

absl::StatusOr<Reception> Reader::FindByIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                       absl::string_view body_sha256) {
  Statement statement(database_,
                      "SELECT xid, body_sha256, reply_blob FROM inbox_key WHERE sender = ?1 AND idempotency_key = ?2");
  return ReceptionOf(statement.BindText(1, sender).BindText(2, key), body_sha256);
}

absl::StatusOr<Reception> Transaction::RecordReceived(absl::string_view sender, absl::string_view exchange_id,
                                                      absl::string_view header_sha256, absl::Time expires_at) {
  ASSIGN_OR_RETURN(Reception known, FindReceived(sender, exchange_id, header_sha256));
  if (known.state != Reception::State::kNew) return known;
  Statement statement(database_, "INSERT INTO inbox(sender, xid, header_sha256, expires_at) VALUES(?1, ?2, ?3, ?4)");
  RETURN_IF_ERROR(
      statement.BindText(1, sender).BindBlob(2, exchange_id).BindBlob(3, header_sha256).BindTime(4, expires_at).Run());
  known.exchange_id = std::string(exchange_id);
  return known;
}

absl::Status Transaction::SetAnswered(absl::string_view sender, absl::string_view exchange_id,
                                      absl::string_view reply_blob) {
  Statement statement(database_, "UPDATE inbox SET reply_blob = ?3 WHERE sender = ?1 AND xid = ?2");
  RETURN_IF_ERROR(statement.BindText(1, sender).BindBlob(2, exchange_id).BindBlob(3, reply_blob).Run());
  if (database_.changes() == 0) return absl::NotFoundError("the message to be answered is not in the inbox");
  return absl::OkStatus();
}

absl::StatusOr<Reception> Transaction::ClaimIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                           absl::string_view body_sha256, absl::string_view exchange_id,
                                                           absl::Time now) {
  ASSIGN_OR_RETURN(Reception known, FindByIdempotencyKey(sender, key, body_sha256));
  if (known.state != Reception::State::kNew) return known;
  Statement statement(database_,
                      "INSERT INTO inbox_key(sender, idempotency_key, body_sha256, xid, expires_at) "
                      "VALUES(?1, ?2, ?3, ?4, ?5)");
  RETURN_IF_ERROR(statement.BindText(1, sender)
                      .BindText(2, key)
                      .BindBlob(3, body_sha256)
                      .BindBlob(4, exchange_id)
                      .BindTime(5, now + kIdempotencyPeriod)
                      .Run());
  known.exchange_id = std::string(exchange_id);
  return known;
}

absl::Status Transaction::SetKeyAnswered(absl::string_view sender, absl::string_view key,
                                         absl::string_view reply_blob) {
  Statement statement(database_, "UPDATE inbox_key SET reply_blob = ?3 WHERE sender = ?1 AND idempotency_key = ?2");
  RETURN_IF_ERROR(statement.BindText(1, sender).BindText(2, key).BindBlob(3, reply_blob).Run());
  if (database_.changes() == 0) return absl::NotFoundError("the idempotency key to be answered is not in the inbox");
  return absl::OkStatus();
}

absl::Status Transaction::PruneInbox(absl::Time now) {
  RETURN_IF_ERROR(Statement(database_, "DELETE FROM inbox WHERE expires_at <= ?1").BindTime(1, now).Run());
  return Statement(database_, "DELETE FROM inbox_key WHERE expires_at <= ?1").BindTime(1, now).Run();
}

}  // namespace tamga::store
