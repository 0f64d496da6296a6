#include "node/main/config.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"
#include "node/main/mistakes.h"

namespace tamga::node {
namespace {

// Descriptors that this process may have open.
uint32_t ProcessDescriptors() {
  constexpr rlim_t kPlenty = 1u << 20;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<uint32_t>(std::min(limit.rlim_cur, kPlenty));
}

absl::StatusOr<std::string> FolderOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  return absolute.parent_path().string();
}

}  // namespace

absl::StatusOr<NodeSetup> LoadNodeSetup(const std::string& path, absl::Time now) {
  ASSIGN_OR_RETURN(v1::NodeConfig config, ReadConfigText(path));
  ASSIGN_OR_RETURN(const std::string folder, FolderOf(path));
  ResolvePaths(folder, config);

  Mistakes mistakes;
  mistakes.Add(CheckAgency("agency", config.agency()));
  CheckListenAddress("listen", config.listen(), mistakes);
  if (!config.log_listen().empty()) CheckListenAddress("log_listen", config.log_listen(), mistakes);
  MakeDataFolder(config.data_dir(), mistakes);
  CompleteLimits(ProcessDescriptors(), *config.mutable_limits(), mistakes);
  CompleteBackup(config, mistakes);
  CompleteEnrolment(config, mistakes);
  std::shared_ptr<const certs::TrustStore> trust = LoadTrust(config, mistakes);
  std::optional<OwnKeys> keys = LoadOwnKeys(config, trust.get(), now, mistakes);
  std::optional<Secrets> secrets = LoadSecrets(config, mistakes);
  std::map<std::string, ledger::NoteKey> partner_logs = CheckPartners(config, mistakes);
  std::optional<WitnessingSetup> witnessing = LoadWitnessing(config, secrets, keys, now, mistakes);
  CheckAuditors(config, mistakes);
  std::optional<LoadedTreaties> treaties =
      LoadTreaties(config, absl::Seconds(config.limits().max_clock_skew_s()), mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());

  return NodeSetup{std::move(config),
                   std::move(trust),
                   std::move(keys->tls),
                   keys->tls_expires_at,
                   std::make_shared<const certs::Seal>(std::move(keys->seal)),
                   std::move(secrets->log_seed),
                   std::move(secrets->vault_key),
                   std::move(secrets->former_vault_key),
                   std::move(treaties->library),
                   std::move(treaties->sources),
                   std::move(treaties->rules),
                   std::move(partner_logs),
                   std::move(witnessing)};
}

}  // namespace tamga::node
