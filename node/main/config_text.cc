// From the file's bytes to a NodeConfig.
#include <string>

#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text_proto.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

absl::Status ConfigInvalid(const absl::Status& read) {
  if (!absl::IsInvalidArgument(read)) return read;
  return Error(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", read.message());
}

}  // namespace

absl::StatusOr<v1::NodeConfig> ParseConfigText(absl::string_view text, const std::string& name) {
  v1::NodeConfig config;
  RETURN_IF_ERROR(ConfigInvalid(ParseTextProto(text, name, config)));
  return config;
}

absl::StatusOr<v1::NodeConfig> ReadConfigText(const std::string& path) {
  v1::NodeConfig config;
  RETURN_IF_ERROR(ConfigInvalid(ReadTextProto(path, config)));
  return config;
}

void ResolvePaths(const std::string& folder, v1::NodeConfig& config) {
  const auto resolve = [&](std::string* path) {
    if (!path->empty()) *path = ResolvePath(folder, *path);
  };
  resolve(config.mutable_data_dir());
  resolve(config.mutable_tls_runtime_dir());
  resolve(config.mutable_treaties_dir());
  const auto resolve_pair = [&](v1::KeyPair* pair) {
    resolve(pair->mutable_certificate_file());
    resolve(pair->mutable_key_file());
    resolve(pair->mutable_signer_socket());
    if (!pair->has_pkcs11()) return;
    resolve(pair->mutable_pkcs11()->mutable_module());
    resolve(pair->mutable_pkcs11()->mutable_pin_file());
  };
  resolve_pair(config.mutable_tls());
  resolve_pair(config.mutable_seal());
  resolve(config.mutable_log()->mutable_key_file());
  resolve(config.mutable_vault_key_file());
  resolve(config.mutable_former_vault_key_file());
  resolve(config.mutable_courier_key_file());
  if (config.has_attachments()) resolve(config.mutable_attachments()->mutable_scanner_socket());
  if (config.has_backup()) resolve(config.mutable_backup()->mutable_folder());
  if (config.has_witnessing()) {
    resolve(config.mutable_witnessing()->mutable_key_file());
    resolve(config.mutable_witnessing()->mutable_policy_file());
    for (v1::OutsideWitness& witness : *config.mutable_witnessing()->mutable_outside_witnesses()) {
      resolve(witness.mutable_roots_file());
      if (witness.has_client()) resolve_pair(witness.mutable_client());
    }
  }
  for (v1::ExtraSeal& extra : *config.mutable_extra_seals()) {
    resolve(extra.mutable_helper_socket());
    resolve(extra.mutable_public_key_file());
    for (v1::ExtraSealKey& key : *extra.mutable_keys()) resolve(key.mutable_public_key_file());
  }
  if (config.has_time_stamping()) {
    resolve(config.mutable_time_stamping()->mutable_roots_file());
    resolve(config.mutable_time_stamping()->mutable_tls_roots_file());
    for (std::string& file : *config.mutable_time_stamping()->mutable_crl_files()) resolve(&file);
  }
  for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
    resolve(bundle.mutable_roots_file());
    resolve(bundle.mutable_treaty_office_file());
    for (std::string& file : *bundle.mutable_crl_files()) resolve(&file);
  }
}

}  // namespace tamga::node
