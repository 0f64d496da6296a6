// tamga node init: the configuration file of a new node.
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/wiper.h"
#include "certs/x25519.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/audit_parts.h"
#include "node/cli/node_parts.h"
#include "node/cli/node_template.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/trust_argument.h"
#include "node/cli/witness_policy.h"

namespace tamga::cli {
namespace {

constexpr char kFileName[] = "/node.txtpb";
constexpr char kPolicyName[] = "witnesses.policy";
constexpr char kCourierKeyName[] = "courier.key";

struct InitArguments {
  std::string dir;
  std::string agency;
  std::string listen;
  std::string pki;
  std::string treaties;
  std::vector<std::string> trust;
  std::vector<std::string> offices;
  std::vector<std::string> partners;
  std::vector<std::string> witnesses;
  std::vector<std::string> couriers;
  std::vector<std::string> auditors;
  std::string log_listen;
  bool force = false;
};

// "KGZ/interior-ministry=10.0.0.2:7401=kgz.vkey".
absl::StatusOr<v1::Partner> ParsePartner(const std::string& argument) {
  const std::vector<std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 2));
  if (parts.size() != 3) return InvalidField("--partner", "must be AGENCY=ADDRESS=VKEYFILE");
  RETURN_IF_ERROR(CheckAgency("--partner", parts[0]));
  ASSIGN_OR_RETURN(const ledger::NoteKey key, ReadVkeyFile(parts[2]));
  v1::Partner partner;
  partner.set_agency(parts[0]);
  partner.set_address(parts[1]);
  partner.set_log_vkey(ledger::FormatVkey(key));
  return partner;
}

// "KGZ=KGZ-office.txtpb", of a State that has a bundle.
absl::Status AddOffice(const std::string& argument, const std::string& folder, v1::NodeConfig* config) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  for (v1::TrustBundle& bundle : *config->mutable_trust_bundles()) {
    if (bundle.state() != parts.first || parts.second.empty()) continue;
    bundle.set_treaty_office_file(PathSeenFrom(folder, parts.second));
    return absl::OkStatus();
  }
  return InvalidField("--office", "must be STATE=FILE, of a State that --trust names");
}

// "KGZ/interior-ministry=kgz-witness.vkey", of a partner.
absl::Status AddWitness(const std::string& argument, v1::NodeConfig* config) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  for (v1::Partner& partner : *config->mutable_partners()) {
    if (partner.agency() != parts.first || parts.second.empty()) continue;
    ASSIGN_OR_RETURN(const ledger::NoteKey key, ReadVkeyFile(parts.second, ledger::kCosignature));
    partner.set_witness_vkey(ledger::FormatVkey(key));
    return absl::OkStatus();
  }
  return InvalidField("--witness", "must be AGENCY=VKEYFILE, of an agency that --partner names");
}

// "KGZ/interior-ministry=5f1c...", of a partner; the node checks the key.
absl::Status AddCourierKey(const std::string& argument, v1::NodeConfig* config) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  for (v1::Partner& partner : *config->mutable_partners()) {
    if (partner.agency() != parts.first || parts.second.empty()) continue;
    partner.set_courier_key(parts.second);
    return absl::OkStatus();
  }
  return InvalidField("--courier", "must be AGENCY=KEY, of an agency that --partner names");
}

// The key that opens couriers' bundles. One that is there stays: bundles for it may be under way.
absl::Status MakeCourierKey(const std::string& path, Environment& environment) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) return absl::OkStatus();
  std::string key = HexEncode(environment.rng.Bytes(certs::kX25519Bytes));
  const certs::Wiper wiper(key);
  return WriteFile(path, key, kSecretMode);
}

// The policy with which the node begins.
absl::StatusOr<std::string> PolicyFor(const v1::NodeConfig& config, const std::string& pki) {
  ASSIGN_OR_RETURN(const ledger::NoteKey log, ReadVkeyFile(absl::StrCat(pki, "/log.vkey")));
  std::map<std::string, ledger::NoteKey> witnesses;
  for (const v1::Partner& partner : config.partners()) {
    if (partner.witness_vkey().empty()) continue;
    ASSIGN_OR_RETURN(witnesses[partner.agency()], ledger::ParseVkey(partner.witness_vkey(), ledger::kCosignature));
  }
  return DefaultWitnessPolicy(config.agency(), log, witnesses);
}

void SetKeyPair(const std::string& pki, absl::string_view stem, v1::KeyPair& pair) {
  pair.set_certificate_file(absl::StrCat(pki, "/", stem, ".pem"));
  pair.set_key_file(absl::StrCat(pki, "/", stem, ".key"));
}

absl::StatusOr<v1::NodeConfig> MakeConfig(const InitArguments& arguments) {
  RETURN_IF_ERROR(CheckAgency("--agency", arguments.agency));
  ASSIGN_OR_RETURN(const std::string origin, ReadFile(absl::StrCat(arguments.pki, "/log.origin")));
  const std::string pki = PathSeenFrom(arguments.dir, arguments.pki);
  v1::NodeConfig config;
  config.set_agency(arguments.agency);
  config.set_listen(arguments.listen);
  config.set_log_listen(arguments.log_listen);
  config.set_data_dir("data");
  config.set_treaties_dir(PathSeenFrom(arguments.dir, arguments.treaties));
  SetKeyPair(pki, "tls", *config.mutable_tls());
  SetKeyPair(pki, "seal", *config.mutable_seal());
  config.mutable_log()->set_origin(std::string(absl::StripAsciiWhitespace(origin)));
  config.mutable_log()->set_key_file(absl::StrCat(pki, "/log.key"));
  config.set_vault_key_file(absl::StrCat(pki, "/vault.key"));
  ASSIGN_OR_RETURN(const auto bundles, ParseTrustArguments(arguments.trust, arguments.dir));
  for (const v1::TrustBundle& bundle : bundles) *config.add_trust_bundles() = bundle;
  for (const std::string& office : arguments.offices) RETURN_IF_ERROR(AddOffice(office, arguments.dir, &config));
  for (const std::string& partner : arguments.partners) {
    ASSIGN_OR_RETURN(*config.add_partners(), ParsePartner(partner));
  }
  ASSIGN_OR_RETURN(const ledger::NoteKey witness,
                   ReadVkeyFile(absl::StrCat(arguments.pki, "/witness.vkey"), ledger::kCosignature));
  config.mutable_witnessing()->set_name(witness.name);
  config.mutable_witnessing()->set_key_file(absl::StrCat(pki, "/witness.key"));
  config.mutable_witnessing()->set_policy_file(kPolicyName);
  for (const std::string& partner : arguments.witnesses) RETURN_IF_ERROR(AddWitness(partner, &config));
  config.set_courier_key_file(kCourierKeyName);
  for (const std::string& partner : arguments.couriers) RETURN_IF_ERROR(AddCourierKey(partner, &config));
  for (const std::string& auditor : arguments.auditors) {
    RETURN_IF_ERROR(CheckAgency("--auditor", auditor));
    config.add_auditor_agencies(auditor);
  }
  return config;
}

absl::Status Init(const InitArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::NodeConfig config, MakeConfig(arguments));
  const std::string path = absl::StrCat(arguments.dir, kFileName);
  ASSIGN_OR_RETURN(const std::string policy, PolicyFor(config, arguments.pki));
  RETURN_IF_ERROR(WriteOutputFiles(
      {{path, NodeConfigText(config)}, {absl::StrCat(arguments.dir, "/", kPolicyName), policy}}, arguments.force));
  RETURN_IF_ERROR(MakeCourierKey(absl::StrCat(arguments.dir, "/", kCourierKeyName), environment));
  Say(environment, absl::StrCat("Wrote ", path, ". Check it with: tamga node check --config ", path));
  return absl::OkStatus();
}

}  // namespace

void AddInitCommand(const Command& node) {
  const Command command = node.Add(
      "init", "Write the configuration of a new node, DIR/node.txtpb, DIR/witnesses.policy and DIR/courier.key");
  const auto arguments = std::make_shared<InitArguments>();
  command.Required("--dir", "Folder of the node", Into(arguments->dir));
  command.Required("--agency", "Agency whose node it is, such as KAZ/border-service", Into(arguments->agency));
  command.Required("--listen", "Address to listen on, such as 127.0.0.1:7401", Into(arguments->listen));
  command.Required("--pki", "Folder that `tamga pki node` made", Into(arguments->pki));
  command.Required("--treaties", "Folder of treaty files", Into(arguments->treaties));
  command.Required("--trust", "STATE=FILE: a State's root certificates; the own State's are needed",
                   Into(arguments->trust));
  command.Optional("--office", "STATE=FILE: the treaty office by which a State's acts are believed",
                   Into(arguments->offices));
  command.Optional("--partner", "AGENCY=ADDRESS=VKEYFILE: a node to exchange with", Into(arguments->partners));
  command.Optional("--witness", "AGENCY=VKEYFILE: the witness of a partner, which is asked to cosign the log",
                   Into(arguments->witnesses));
  command.Optional("--courier", "AGENCY=KEY: a partner's public courier key, as `tamga courier key` prints it there",
                   Into(arguments->couriers));
  command.Optional("--log-listen", "Address where the log is served over HTTPS, such as 127.0.0.1:7402",
                   Into(arguments->log_listen));
  command.Optional("--auditor", "Agency whose auditors may read the log", Into(arguments->auditors));
  command.Flag("--force", "Replace the files if they are there", arguments->force);
  command.Run([arguments](Environment& environment) { return Init(*arguments, environment); });
}

}  // namespace tamga::cli
