// The sealed messages of exchanges, as sent and received, kept in the vault: the evidence, and what is sent again.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/store/effects.h"
#include "node/store/vault.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Keeps a message under `blob_id` (16 bytes), filed by its exchange and the entry that records it.
store::Effects KeepMessage(const std::string& exchange_id, const std::string& blob_id, v1::EntryKind entry,
                           const v1::SealedMessage& message, absl::Time now);

// NotFound if it was erased, DataLoss if it cannot be read.
absl::StatusOr<v1::SealedMessage> ReadMessage(store::Vault& vault, const std::string& exchange_id,
                                              absl::string_view blob_id);

}  // namespace tamga::exchange
