// The keys that are plain bytes: the log's and the vault's.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/wiper.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr char kLogOrigin[] = "log.origin";
constexpr char kLogKeyFile[] = "log.key_file";
constexpr char kVaultKeyFile[] = "vault_key_file";
constexpr char kFormerVaultKeyFile[] = "former_vault_key_file";

}  // namespace

std::optional<std::string> LoadHexKey(absl::string_view field, const std::string& path, Mistakes& mistakes) {
  if (!mistakes.Require(field, path, "name the file with the key, 32 bytes in hex")) return std::nullopt;
  absl::StatusOr<std::string> text = ReadSecretFile(path);
  if (!text.ok()) {
    mistakes.AddUnusable(field, text.status());
    return std::nullopt;
  }
  const certs::Wiper wiper(*text);
  absl::StatusOr<std::string> key = HexDecode(absl::StripSuffix(*text, "\n"));
  if (key.ok() && key->size() == kKeyBytes) return *std::move(key);
  mistakes.Add(field, absl::StrCat(path, " holds no key; it must be one line of 64 lower-case hexadecimal digits"));
  return std::nullopt;
}

bool CheckLogName(absl::string_view field, absl::string_view name, absl::string_view fix, Mistakes& mistakes) {
  if (!mistakes.Require(field, name, fix)) return false;
  if (const absl::Status form = ledger::CheckKeyName(field, name); !form.ok()) {
    mistakes.Add(form);
    return false;
  }
  if (!absl::StrContains(name, "://")) return true;
  mistakes.Add(field, "has a scheme; must be a URL without one, such as log.border-service.kaz.tamga");
  return false;
}

std::optional<Secrets> LoadSecrets(const v1::NodeConfig& config, Mistakes& mistakes) {
  CheckLogName(kLogOrigin, config.log().origin(), "name the log, such as log.border-service.kaz.tamga", mistakes);
  std::optional<std::string> log_seed = LoadHexKey(kLogKeyFile, config.log().key_file(), mistakes);
  std::optional<std::string> vault_key = LoadHexKey(kVaultKeyFile, config.vault_key_file(), mistakes);
  std::string former_vault_key;
  if (!config.former_vault_key_file().empty()) {
    std::optional<std::string> former = LoadHexKey(kFormerVaultKeyFile, config.former_vault_key_file(), mistakes);
    if (!former) return std::nullopt;
    former_vault_key = *std::move(former);
  }
  if (!log_seed || !vault_key) return std::nullopt;
  if (*log_seed == *vault_key) {
    mistakes.Add(kVaultKeyFile, "holds the same key as log.key_file; the vault needs a key of its own");
    return std::nullopt;
  }
  return Secrets{*std::move(log_seed), *std::move(vault_key), std::move(former_vault_key)};
}

}  // namespace tamga::node
