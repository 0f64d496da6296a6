// The files of a node, and the log in them.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/exchange/entry.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/main/layer_ground.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "node/store/vault.h"

namespace tamga::node {

struct StoreLayer : GroundLayer {
  using GroundLayer::GroundLayer;

  absl::Status OpenStores();

  std::unique_ptr<store::ExchangeDb> database;
  std::unique_ptr<store::Vault> vault;
  std::unique_ptr<store::Records> records;
  std::unique_ptr<ledger::Sequencer> sequencer;
  std::unique_ptr<ledger::LogReader> log_reader;
  ledger::NoteKey log_key;
  std::unique_ptr<exchange::Pseudonyms> pseudonyms;
};

// Signs a log's notes with the Ed25519 key of `seed`, 32 bytes.
absl::StatusOr<ledger::NoteSigner> SignerOf(const std::string& seed);

}  // namespace tamga::node
