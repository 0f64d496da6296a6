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

}  // namespace

store::Effects KeepMessage(const MessageKey& key, const std::string& blob_id, const v1::SealedMessage& message,
                           absl::Time now) {
  store::Effects effects;
  effects.blobs.push_back({blob_id, ContextOf(key), message.SerializeAsString()});
  effects.writes.push_back([id = IdOf(key), blob_id, now](store::Transaction& transaction) {
    return transaction.PutRecord(kRecordKind, id, 0, blob_id, now);
  });
  return effects;
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
