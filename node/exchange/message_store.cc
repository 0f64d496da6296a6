#include "node/exchange/message_store.h"

#include <optional>
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

std::string ContextOf(absl::string_view id) { return absl::StrCat(kRecordKind, "/", id); }

store::Effects Put(const std::string& id, int64_t expected_version, const std::string& blob_id,
                   const v1::KeptMessage& kept, absl::Time now, const std::optional<store::Origin>& origin) {
  store::Effects effects;
  effects.blobs.push_back({blob_id, ContextOf(id), kept.SerializeAsString()});
  effects.writes.push_back([id, expected_version, blob_id, now, origin](store::Transaction& transaction) {
    return transaction.PutRecord(kRecordKind, id, expected_version, blob_id, now, origin);
  });
  return effects;
}

v1::KeptMessage KeptOf(const v1::SealedMessage& message, const std::vector<v1::DecisionRecord>& decisions) {
  v1::KeptMessage kept;
  if (!message.header().empty()) *kept.mutable_message() = message;
  kept.mutable_decisions()->Add(decisions.begin(), decisions.end());
  return kept;
}

absl::StatusOr<v1::KeptMessage> Read(store::Vault& vault, absl::string_view id, absl::string_view blob_id) {
  ASSIGN_OR_RETURN(const std::string bytes, vault.Get(blob_id, ContextOf(id)));
  v1::KeptMessage kept;
  if (kept.ParseFromString(bytes)) return kept;
  return absl::DataLossError(absl::StrCat("what is stored of ", id, " is unreadable"));
}

}  // namespace

store::Effects KeepMessage(const MessageKey& key, const std::string& blob_id, const v1::SealedMessage& message,
                           const std::vector<v1::DecisionRecord>& decisions, absl::Time now,
                           const std::optional<store::Origin>& origin) {
  return Put(IdOf(key), 0, blob_id, KeptOf(message, decisions), now, origin);
}

v1::SealedMessage WithoutPayload(const v1::SealedMessage& message) {
  v1::SealedMessage rest;
  rest.set_header(message.header());
  *rest.mutable_signatures() = message.signatures();
  return rest;
}

bool IsMessage(const store::RecordRow& row) { return row.kind == kRecordKind; }

absl::StatusOr<KeptRow> FindAndRead(store::ReadableDb& database, store::Vault& vault, const MessageKey& key) {
  store::RecordRow row;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
    ASSIGN_OR_RETURN(row, FindKept(*session, key));
  }
  return ReadRow(vault, row);
}

absl::StatusOr<KeptRow> ReadRow(store::Vault& vault, const store::RecordRow& row) {
  ASSIGN_OR_RETURN(v1::KeptMessage kept, Read(vault, row.id, row.blob));
  return KeptRow{row, std::move(kept)};
}

store::Effects ReplaceMessage(const KeptRow& before, const std::string& blob_id, const v1::SealedMessage& message,
                              const std::vector<v1::DecisionRecord>& decisions, absl::Time now) {
  return Put(before.row.id, before.row.version, blob_id, KeptOf(message, decisions), now, std::nullopt);
}

store::Effects ErasePayload(const KeptRow& before, const std::string& blob_id, absl::Time now) {
  return ReplaceMessage(before, blob_id, WithoutPayload(before.kept.message()), {}, now);
}

absl::StatusOr<store::RecordRow> FindKept(store::Reader& reader, const MessageKey& key) {
  return reader.GetRecord(kRecordKind, IdOf(key));
}

absl::StatusOr<v1::KeptMessage> ReadKept(store::Vault& vault, const MessageKey& key, absl::string_view blob_id) {
  return Read(vault, IdOf(key), blob_id);
}

absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const MessageKey& key, absl::string_view blob_id) {
  ASSIGN_OR_RETURN(v1::KeptMessage kept, ReadKept(vault, key, blob_id));
  return std::move(*kept.mutable_message());
}

}  // namespace tamga::exchange
