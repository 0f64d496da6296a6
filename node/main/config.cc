#include "node/main/config.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "certs/wiper.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"
#include "node/main/mistakes.h"

namespace tamga::node {
namespace {

// Descriptors that this process may have open when it serves: it then raises its limit to what the system allows.
uint32_t ProcessDescriptors() {
  constexpr rlim_t kPlenty = 1u << 20;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<uint32_t>(std::min(limit.rlim_max, kPlenty));
}

absl::StatusOr<std::string> FolderOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  return absolute.parent_path().string();
}

}  // namespace

void WipeKeys(NodeSetup& setup) {
  certs::Wipe(setup.tls.key_pem);
  certs::Wipe(setup.log_seed);
  certs::Wipe(setup.vault_key);
  certs::Wipe(setup.former_vault_key);
  certs::Wipe(setup.courier.key);
  if (!setup.witnessing) return;
  certs::Wipe(setup.witnessing->seed);
  for (OutsideWitness& witness : setup.witnessing->outside) certs::Wipe(witness.server.identity.key_pem);
}

absl::StatusOr<NodeSetup> LoadNodeSetup(const std::string& path, absl::Time now) {
  ASSIGN_OR_RETURN(v1::NodeConfig config, ReadConfigText(path));
  ASSIGN_OR_RETURN(const std::string folder, FolderOf(path));
  Mistakes mistakes;
  ResolveCredentials(std::getenv("CREDENTIALS_DIRECTORY"), config, mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());  // or the same files would be missing below
  ResolvePaths(folder, config);

  mistakes.Add(CheckAgency("agency", config.agency()));
  CheckListenAddress("listen", config.listen(), mistakes);
  if (!config.log_listen().empty()) CheckListenAddress("log_listen", config.log_listen(), mistakes);
  MakeDataFolder(config.data_dir(), mistakes);
  CompleteTlsFolder(config, mistakes);
  CompleteLimits(ProcessDescriptors(), *config.mutable_limits(), mistakes);
  CompleteAttachments(config, mistakes);
  CompleteBackup(config, mistakes);
  CompleteEnrolment(config, mistakes);
  std::shared_ptr<const certs::TrustStore> trust = LoadTrust(config, mistakes);
  std::optional<OwnKeys> keys = LoadOwnKeys(config, trust.get(), now, mistakes);
  ExtraSeals extra_seals = LoadExtraSeals(config, mistakes);
  std::optional<Secrets> secrets = LoadSecrets(config, mistakes);
  std::map<std::string, ledger::NoteKey> partner_logs = CheckPartners(config, mistakes);
  std::optional<WitnessingSetup> witnessing = LoadWitnessing(config, secrets, keys, now, mistakes);
  RevocationSetup revocation = LoadRevocation(config, trust.get(), keys, now, mistakes);
  std::optional<TimeStampingSetup> time_stamping = LoadTimeStamping(config, keys, now, mistakes);
  CourierSetup courier = LoadCourier(config, mistakes);
  CheckAuditors(config, mistakes);
  std::optional<LoadedTreaties> treaties =
      LoadTreaties(config, absl::Seconds(config.limits().max_clock_skew_s()), mistakes);
  CheckNamedRoots(config, trust.get(), treaties, now, mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());
  for (const auto& signer : extra_seals.signers) RETURN_IF_ERROR(keys->seal.AlsoSignBy(signer));

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
                   std::move(witnessing),
                   std::move(extra_seals),
                   std::move(time_stamping),
                   std::move(revocation),
                   std::move(courier)};
}

}  // namespace tamga::node
