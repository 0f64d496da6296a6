#include "node/exchange/message_store.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr char kRecordKind[] = "message";

std::string IdOf(const MessageKey& key) {
  return absl::StrCat(key.counterpart, "/", FormatUuid(key.exchange_id), "/", v1::EntryKind_Name(key.entry));
}

std::string ContextOf(const MessageKey& key) { return absl::StrCat(kRecordKind, "/", IdOf(key)); }

store::Effects Put(const MessageKey& key, int64_t expected_version, const std::string& blob_id,
                   const v1::SealedMessage& message, absl::Time now) {
  store::Effects effects;
  effects.blobs.push_back({blob_id, ContextOf(key), message.SerializeAsString()});
  effects.writes.push_back([id = IdOf(key), expected_version, blob_id, now](store::Transaction& transaction) {
    return transaction.PutRecord(kRecordKind, id, expected_version, blob_id, now);
  });
  return effects;
}

}  // namespace

store::Effects KeepMessage(const MessageKey& key, const std::string& blob_id, const v1::SealedMessage& message,
                           absl::Time now) {
  return Put(key, 0, blob_id, message, now);
}

v1::SealedMessage WithoutPayload(const v1::SealedMessage& message) {
  v1::SealedMessage rest;
  rest.set_header(message.header());
  *rest.mutable_signatures() = message.signatures();
  return rest;
}

absl::StatusOr<store::Effects> ErasePayload(store::ExchangeDb& database, store::Vault& vault, const MessageKey& key,
                                            const std::string& blob_id, absl::Time now) {
  store::RecordRow row;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
    ASSIGN_OR_RETURN(row, session->GetRecord(kRecordKind, IdOf(key)));
  }
  ASSIGN_OR_RETURN(const v1::SealedMessage message, ReadMessage(vault, key, row.blob));
  return Put(key, row.version, blob_id, WithoutPayload(message), now);
}

absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const MessageKey& key, absl::string_view blob_id) {
  ASSIGN_OR_RETURN(const std::string bytes, vault.Get(blob_id, ContextOf(key)));
  v1::SealedMessage message;
  if (!message.ParseFromString(bytes)) {
    return absl::DataLossError(
        absl::StrCat("the stored message of exchange ", FormatUuid(key.exchange_id), " is unreadable"));
  }
  return message;
}

}  // namespace tamga::exchange
