// The replay cache: messages and idempotency keys that came in, and how they were answered.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

// A row of either table.
struct Remembered {
  std::string sender;
  std::string name;  // exchange id, or the token of an idempotency key (blind_index.h)
  std::string digest;
  std::string exchange_id;
  std::optional<std::string> reply_blob;
  absl::Time expires_at;
};

std::string MacOf(const RowMac& mac, absl::string_view table, const Remembered& row) {
  const RowMac::Value reply = row.reply_blob ? RowMac::Value(absl::string_view(*row.reply_blob)) : RowMac::Value();
  return mac.Make(table, {row.sender, row.name, row.digest, row.exchange_id, reply, RowMac::Of(row.expires_at)});
}

// Reads (digest, exchange id, reply blob or NULL, end, MAC) of the row that `statement` finds for sender and name.
absl::StatusOr<std::optional<Remembered>> RowOf(const RowMac& mac, absl::string_view table, absl::string_view sender,
                                                absl::string_view name, Statement& statement) {
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<Remembered>();
  Remembered row;
  row.sender = std::string(sender);
  row.name = std::string(name);
  row.digest = statement.Bytes(0);
  row.exchange_id = statement.Bytes(1);
  if (!statement.IsNull(2)) row.reply_blob = statement.Bytes(2);
  row.expires_at = statement.Time(3);
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, table, row), statement.Bytes(4), absl::StrCat(table, " row"), name));
  return std::optional<Remembered>(std::move(row));
}

absl::StatusOr<std::optional<Remembered>> FindMessage(Database& database, const RowMac& mac, absl::string_view sender,
                                                      absl::string_view exchange_id) {
  Statement statement(database,
                      "SELECT header_sha256, xid, reply_blob, expires_at, mac FROM inbox "
                      "WHERE sender = ?1 AND xid = ?2");
  return RowOf(mac, "inbox", sender, exchange_id, statement.BindText(1, sender).BindBlob(2, exchange_id));
}

absl::StatusOr<std::optional<Remembered>> FindKey(Database& database, const RowMac& mac, absl::string_view sender,
                                                  absl::string_view key_token) {
  Statement statement(database,
                      "SELECT body_sha256, xid, reply_blob, expires_at, mac FROM inbox_key "
                      "WHERE sender = ?1 AND key_token = ?2");
  return RowOf(mac, "inbox_key", sender, key_token, statement.BindText(1, sender).BindText(2, key_token));
}

Reception ReceptionOf(const std::optional<Remembered>& row, absl::string_view digest) {
  Reception reception;
  if (!row) return reception;
  reception.exchange_id = row->exchange_id;
  if (row->digest != digest) {
    reception.state = Reception::State::kContradictory;
  } else if (!row->reply_blob) {
    reception.state = Reception::State::kUnanswered;
  } else {
    reception.state = Reception::State::kAnswered;
    reception.reply_blob = *row->reply_blob;
  }
  return reception;
}

}  // namespace

absl::StatusOr<Reception> Reader::FindReceived(absl::string_view sender, absl::string_view exchange_id,
                                               absl::string_view header_sha256) {
  ASSIGN_OR_RETURN(const std::optional<Remembered> row, FindMessage(database_, mac_, sender, exchange_id));
  return ReceptionOf(row, header_sha256);
}

absl::StatusOr<Reception> Reader::FindByIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                       absl::string_view body_sha256) {
  ASSIGN_OR_RETURN(const std::optional<Remembered> row,
                   FindKey(database_, mac_, sender, blind_.OfIdempotencyKey(sender, key)));
  return ReceptionOf(row, body_sha256);
}

absl::StatusOr<std::vector<ReceivedRow>> Reader::ExpiredUnanswered(absl::Time now, size_t limit) {
  Statement statement(database_,
                      "SELECT sender, xid FROM inbox WHERE expires_at <= ?1 AND reply_blob IS NULL LIMIT ?2");
  return AllRows<ReceivedRow>(statement.BindTime(1, now).BindInt(2, static_cast<int64_t>(limit)),
                              [](const Statement& row) -> absl::StatusOr<ReceivedRow> {
                                return ReceivedRow{row.Bytes(0), row.Bytes(1)};
                              });
}

absl::StatusOr<Reception> Transaction::RecordReceived(absl::string_view sender, absl::string_view exchange_id,
                                                      absl::string_view header_sha256, absl::Time expires_at) {
  ASSIGN_OR_RETURN(Reception known, FindReceived(sender, exchange_id, header_sha256));
  if (known.state != Reception::State::kNew) return known;
  known.exchange_id = std::string(exchange_id);
  const Remembered row{std::string(sender), known.exchange_id, std::string(header_sha256),
                       known.exchange_id,   std::nullopt,      expires_at};
  Statement statement(database_,
                      "INSERT INTO inbox(sender, xid, header_sha256, expires_at, mac) VALUES(?1, ?2, ?3, ?4, ?5)");
  RETURN_IF_ERROR(statement.BindText(1, row.sender)
                      .BindBlob(2, row.exchange_id)
                      .BindBlob(3, row.digest)
                      .BindTime(4, row.expires_at)
                      .BindBlob(5, MacOf(mac_, "inbox", row))
                      .Run());
  return known;
}

absl::Status Transaction::CheckRoomToRemember(absl::string_view sender, size_t most) {
  Statement statement(database_, "SELECT max(messages, keys) FROM remembered WHERE sender = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, sender).Step());
  if (!found || statement.Int(0) < static_cast<int64_t>(most)) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_REMEMBERED",
               absl::StrCat("the node remembers ", most, " messages or idempotency keys of ", sender,
                            ", as many as it keeps for one partner; ask again when some have expired"));
}

absl::Status Transaction::SetAnswered(absl::string_view sender, absl::string_view exchange_id,
                                      absl::string_view reply_blob) {
  ASSIGN_OR_RETURN(std::optional<Remembered> row, FindMessage(database_, mac_, sender, exchange_id));
  if (!row) return absl::NotFoundError("the message to be answered is not in the inbox");
  row->reply_blob = std::string(reply_blob);
  Statement statement(database_, "UPDATE inbox SET reply_blob = ?3, mac = ?4 WHERE sender = ?1 AND xid = ?2");
  return statement.BindText(1, sender)
      .BindBlob(2, exchange_id)
      .BindBlob(3, reply_blob)
      .BindBlob(4, MacOf(mac_, "inbox", *row))
      .Run();
}

absl::StatusOr<Reception> Transaction::ClaimIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                           absl::string_view body_sha256, absl::string_view exchange_id,
                                                           absl::Time now) {
  ASSIGN_OR_RETURN(Reception known, FindByIdempotencyKey(sender, key, body_sha256));
  if (known.state != Reception::State::kNew) return known;
  known.exchange_id = std::string(exchange_id);
  const Remembered row{std::string(sender),
                       blind_.OfIdempotencyKey(sender, key),
                       std::string(body_sha256),
                       known.exchange_id,
                       std::nullopt,
                       now + kIdempotencyPeriod};
  Statement statement(database_,
                      "INSERT INTO inbox_key(sender, key_token, body_sha256, xid, expires_at, mac) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  RETURN_IF_ERROR(statement.BindText(1, row.sender)
                      .BindText(2, row.name)
                      .BindBlob(3, row.digest)
                      .BindBlob(4, row.exchange_id)
                      .BindTime(5, row.expires_at)
                      .BindBlob(6, MacOf(mac_, "inbox_key", row))
                      .Run());
  return known;
}

absl::Status Transaction::SetKeyAnswered(absl::string_view sender, absl::string_view key,
                                         absl::string_view reply_blob) {
  const std::string token = blind_.OfIdempotencyKey(sender, key);
  ASSIGN_OR_RETURN(std::optional<Remembered> row, FindKey(database_, mac_, sender, token));
  if (!row) return absl::NotFoundError("the idempotency key to be answered is not in the inbox");
  row->reply_blob = std::string(reply_blob);
  Statement statement(database_, "UPDATE inbox_key SET reply_blob = ?3, mac = ?4 WHERE sender = ?1 AND key_token = ?2");
  return statement.BindText(1, sender)
      .BindText(2, token)
      .BindBlob(3, reply_blob)
      .BindBlob(4, MacOf(mac_, "inbox_key", *row))
      .Run();
}

absl::Status Transaction::PruneInbox(absl::Time now) {
  RETURN_IF_ERROR(Statement(database_, "DELETE FROM inbox WHERE expires_at <= ?1 AND reply_blob IS NOT NULL")
                      .BindTime(1, now)
                      .Run());
  return Statement(database_, "DELETE FROM inbox_key WHERE expires_at <= ?1").BindTime(1, now).Run();
}

absl::Status Transaction::ForgetReceived(const ReceivedRow& row) {
  ASSIGN_OR_RETURN(const std::optional<Remembered> found, FindMessage(database_, mac_, row.sender, row.exchange_id));
  if (found && found->reply_blob) return absl::AbortedError("the message was answered meanwhile");
  return Statement(database_, "DELETE FROM inbox WHERE sender = ?1 AND xid = ?2")
      .BindText(1, row.sender)
      .BindBlob(2, row.exchange_id)
      .Run();
}

}  // namespace tamga::store
