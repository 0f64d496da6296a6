#include "node/main/layer_stores.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/wiper.h"
#include "node/base/status_macros.h"
#include "node/store/key_store.h"

namespace tamga::node {
namespace {

// A node with some of its files would start anew where it should stop.
absl::Status CheckAllOrNone(const std::string& folder) {
  std::string there;
  std::string missing;
  for (const char* name : {"exchange.db", "vault.db", "keys.db"}) {
    std::error_code error;
    (std::filesystem::exists(absl::StrCat(folder, "/", name), error) ? there : missing) = name;
  }
  if (there.empty() || missing.empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(folder, " has ", there, " but no ", missing, "; restore all from the newest backup"));
}

}  // namespace

absl::Status StoreLayer::OpenStores() {
  const std::string& folder = setup.config.data_dir();
  RETURN_IF_ERROR(CheckAllOrNone(folder));
  ASSIGN_OR_RETURN(std::unique_ptr<store::KeyStore> keys,
                   store::KeyStore::Open(folder, setup.vault_key, setup.former_vault_key, clock.Now(), rng));
  ASSIGN_OR_RETURN(std::string row_mac_key, keys->KeyFor("row-mac"));
  const certs::Wiper wiper(row_mac_key);
  ASSIGN_OR_RETURN(std::string blind_index_key, keys->KeyFor("blind-index"));
  const certs::Wiper blind_index_wiper(blind_index_key);
  ASSIGN_OR_RETURN(std::string pseudonym_key, keys->KeyFor("pseudonym"));
  pseudonyms = std::make_unique<exchange::Pseudonyms>(std::move(pseudonym_key));
  ASSIGN_OR_RETURN(database, store::ExchangeDb::Open(folder, row_mac_key, blind_index_key));
  ASSIGN_OR_RETURN(vault, store::Vault::Open(folder, std::move(keys), rng));
  records = std::make_unique<store::Records>(*database, *vault, rng);
  ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(setup.log_seed));
  log_key = {setup.config.log().origin(), key.public_key()};
  ASSIGN_OR_RETURN(ledger::NoteSigner sign, SignerOf(setup.log_seed));
  ASSIGN_OR_RETURN(sequencer, ledger::Sequencer::Start(*database, *vault, log_key, std::move(sign)));
  log_reader = std::make_unique<ledger::LogReader>(*database);
  return absl::OkStatus();
}

absl::StatusOr<ledger::NoteSigner> SignerOf(const std::string& seed) {
  ASSIGN_OR_RETURN(certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
  const auto shared_key = std::make_shared<const certs::Ed25519Key>(std::move(key));
  return ledger::NoteSigner([shared_key](absl::string_view text) { return shared_key->Sign(text); });
}

}  // namespace tamga::node
