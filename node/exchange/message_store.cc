#include "node/exchange/message_store.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

constexpr char kRecordKind[] = "message";

std::string Context(const std::string& exchange_id) { return absl::StrCat(kRecordKind, "/", HexEncode(exchange_id)); }

}  // namespace

store::Effects KeepMessage(const std::string& exchange_id, const std::string& blob_id, v1::EntryKind entry,
                           const v1::SealedMessage& message, absl::Time now) {
  store::Effects effects;
  effects.blobs.push_back({blob_id, Context(exchange_id), message.SerializeAsString()});
  effects.writes.push_back(
      [id = absl::StrCat(FormatUuid(exchange_id), "/", v1::EntryKind_Name(entry)), blob_id,
       now](store::Transaction& transaction) { return transaction.PutRecord(kRecordKind, id, 0, blob_id, now); });
  return effects;
}

absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const std::string& exchange_id,
                                              absl::string_view blob_id) {
  ASSIGN_OR_RETURN(const std::string bytes, vault.Get(blob_id, Context(exchange_id)));
  v1::SealedMessage message;
  if (!message.ParseFromString(bytes)) {
    return absl::DataLossError(
        absl::StrCat("the stored message of exchange ", FormatUuid(exchange_id), " is unreadable"));
  }
  return message;
}

}  // namespace tamga::exchange
