// The sealed messages of exchanges, as sent and received, kept in the vault: the evidence, and what is sent again.
// Beside each stands what the node decided about it, with the facts: they go when the message goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/store/effects.h"
#include "node/store/exchange_db.h"
#include "node/store/reader.h"
#include "node/store/vault.h"
#include "tamga/v1/decision_record.pb.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Which message, or which decision that let none out. Every partner makes exchange ids of its own, so an id alone does
// not tell.
struct MessageKey {
  std::string counterpart;  // the other agency
  std::string exchange_id;  // 16 bytes
  v1::EntryKind entry;      // the entry that records the message
};

// Keeps a message under `blob_id` (16 bytes), filed by its key, with the decisions about it. Where no message was let
// out, `message` is empty. `origin`: the exchange that brought what the message passes on; erased with it.
store::Effects KeepMessage(const MessageKey& key, const std::string& blob_id, const v1::SealedMessage& message,
                           const std::vector<v1::DecisionRecord>& decisions, absl::Time now,
                           const std::optional<store::Origin>& origin = std::nullopt);

// The row that names the message's blob. NotFound if none is kept, DataLoss if the row was altered.
absl::StatusOr<store::RecordRow> FindKept(store::Reader& reader, const MessageKey& key);

// What the proofs need of a message: header and signatures. The header has the payload's digest.
v1::SealedMessage WithoutPayload(const v1::SealedMessage& message);

// A kept message with the row that names its blob.
struct KeptRow {
  store::RecordRow row;
  v1::KeptMessage kept;

  bool HasPayload() const { return !kept.message().payload().empty(); }
};

// NotFound if the message is not kept, DataLoss if row or blob cannot be read.
absl::StatusOr<KeptRow> FindAndRead(store::ReadableDb& database, store::Vault& vault, const MessageKey& key);
// The same for a row that is at hand.
absl::StatusOr<KeptRow> ReadRow(store::Vault& vault, const store::RecordRow& row);

// Keeps under `blob_id` (16 bytes) another message, or more of it, in the place of what was kept.
store::Effects ReplaceMessage(const KeptRow& before, const std::string& blob_id, const v1::SealedMessage& message,
                              const std::vector<v1::DecisionRecord>& decisions, absl::Time now);
// The same with the message without its payload, and without the facts of the decisions about it.
store::Effects ErasePayload(const KeptRow& before, const std::string& blob_id, absl::Time now);

// Whether the row is a message's, not a domain record's.
bool IsMessage(const store::RecordRow& row);

// NotFound if it was erased, DataLoss if it cannot be read or was kept under another key.
absl::StatusOr<v1::KeptMessage> ReadKept(store::Vault& vault, const MessageKey& key, absl::string_view blob_id);
// The message alone.
absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const MessageKey& key, absl::string_view blob_id);

}  // namespace tamga::exchange
