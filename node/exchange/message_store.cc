#include "node/exchange/message_store.h"

#include <utility>

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
                   const v1::SealedMessage& message, const std::vector<v1::DecisionRecord>& decisions, absl::Time now) {
  v1::KeptMessage kept;
  if (!message.header().empty()) *kept.mutable_message() = message;
  kept.mutable_decisions()->Add(decisions.begin(), decisions.end());
  store::Effects effects;
  effects.blobs.push_back({blob_id, ContextOf(key), kept.SerializeAsString()});
  effects.writes.push_back([id = IdOf(key), expected_version, blob_id, now](store::Transaction& transaction) {
    return transaction.PutRecord(kRecordKind, id, expected_version, blob_id, now);
  });
  return effects;
}

}  // namespace

store::Effects KeepMessage(const MessageKey& key, const std::string& blob_id, const v1::SealedMessage& message,
                           const std::vector<v1::DecisionRecord>& decisions, absl::Time now) {
  return Put(key, 0, blob_id, message, decisions, now);
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
    ASSIGN_OR_RETURN(row, FindKept(*session, key));
  }
  ASSIGN_OR_RETURN(const v1::SealedMessage message, ReadMessage(vault, key, row.blob));
  return Put(key, row.version, blob_id, WithoutPayload(message), {}, now);
}

absl::StatusOr<store::RecordRow> FindKept(store::Reader& reader, const MessageKey& key) {
  return reader.GetRecord(kRecordKind, IdOf(key));
}

absl::StatusOr<v1::KeptMessage> ReadKept(store::Vault& vault, const MessageKey& key, absl::string_view blob_id) {
  ASSIGN_OR_RETURN(const std::string bytes, vault.Get(blob_id, ContextOf(key)));
  v1::KeptMessage kept;
  if (kept.ParseFromString(bytes)) return kept;
  return absl::DataLossError(
      absl::StrCat("what is stored of exchange ", FormatUuid(key.exchange_id), " is unreadable"));
}

absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const MessageKey& key, absl::string_view blob_id) {
  ASSIGN_OR_RETURN(v1::KeptMessage kept, ReadKept(vault, key, blob_id));
  return std::move(*kept.mutable_message());
}

}  // namespace tamga::exchange
