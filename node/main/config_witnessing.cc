// Who watches over the log, and whose logs this node watches over.
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/ed25519.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr char kName[] = "witnessing.name";
constexpr char kKeyFile[] = "witnessing.key_file";
constexpr char kPolicyFile[] = "witnessing.policy_file";

constexpr uint32_t kUsualIntervalMs = 5'000;
constexpr uint32_t kUsualLateAfterS = 4 * 3'600;

void CheckTime(absl::string_view field, uint32_t value, uint32_t usual, uint32_t least, uint32_t most,
               Mistakes& mistakes) {
  if (value >= least && value <= most) return;
  mistakes.Add(field, absl::StrCat("is ", value, "; must be ", least, " to ", most, ", or 0 for ", usual));
}

void CompleteTimes(v1::Witnessing& witnessing, Mistakes& mistakes) {
  if (witnessing.interval_ms() == 0) witnessing.set_interval_ms(kUsualIntervalMs);
  if (witnessing.late_after_s() == 0) witnessing.set_late_after_s(kUsualLateAfterS);
  CheckTime("witnessing.interval_ms", witnessing.interval_ms(), kUsualIntervalMs, 50, 3'600'000, mistakes);
  CheckTime("witnessing.late_after_s", witnessing.late_after_s(), kUsualLateAfterS, 1, 365 * 24 * 3'600, mistakes);
}

// The partners' witnesses by agency.
std::map<std::string, ledger::NoteKey> CheckPartnerWitnesses(const v1::NodeConfig& config, Mistakes& mistakes) {
  std::map<std::string, ledger::NoteKey> witnesses;
  std::set<std::string> keys;
  for (int i = 0; i < config.partners_size(); ++i) {
    const v1::Partner& partner = config.partners(i);
    const std::string field = absl::StrCat("partners[", i, "].witness_vkey");
    if (partner.witness_vkey().empty()) continue;
    if (!config.has_witnessing()) {
      mistakes.Add(field, "is of no use without witnessing; configure witnessing, or leave the key out");
      continue;
    }
    absl::StatusOr<ledger::NoteKey> key = ledger::ParseVkey(partner.witness_vkey(), ledger::kCosignature);
    if (!key.ok()) {
      mistakes.Add(field, absl::StrCat(key.status().message(), "; copy the partner's witness.vkey as it gave it"));
      continue;
    }
    const absl::StatusOr<ledger::NoteKey> log = ledger::ParseVkey(partner.log_vkey());
    if (log.ok() && log->public_key == key->public_key) {
      mistakes.Add(field, "is the key of the partner's log; ask the partner for its witness.vkey");
    } else if (!keys.insert(key->public_key).second) {
      mistakes.Add(field, "is another partner's key; each witness needs a key of its own");
    } else if (!keys.insert(key->name).second) {
      mistakes.Add(field, absl::StrCat("another witness is named ", key->name, "; each needs a name of its own"));
    } else {
      witnesses.emplace(partner.agency(), *std::move(key));
    }
  }
  return witnesses;
}

// Nothing can be witnessed by a quorum of witnesses whom this node does not ask.
bool CanBeReached(const WitnessingSetup& setup) {
  std::set<std::string> names;
  for (const auto& [agency, key] : setup.partners) names.insert(setup.policy.NameOf(key));
  for (const OutsideWitness& witness : setup.outside) names.insert(setup.policy.NameOf(witness.key));
  return setup.policy.IsQuorum(names);
}

class WitnessingLoader {
 public:
  WitnessingLoader(const v1::NodeConfig& config, const std::optional<Secrets>& secrets, Mistakes& mistakes)
      : config_(config), secrets_(secrets), mistakes_(mistakes) {}

  std::optional<WitnessingSetup> Load(std::optional<exchange::TlsIdentity> tls, absl::Time now) {
    WitnessingSetup setup;
    setup.partners = CheckPartnerWitnesses(config_, mistakes_);
    std::optional<ledger::NoteKey> key = LoadKey(setup.seed);
    std::optional<ledger::TlogPolicy> policy = LoadPolicy();
    setup.outside = LoadOutsideWitnesses(
        config_.witnessing(), {policy ? &*policy : nullptr, key, setup.partners, std::move(tls)}, now, mistakes_);
    if (!policy) return std::nullopt;
    setup.policy = *std::move(policy);
    if (!CanBeReached(setup)) {
      mistakes_.Add(kPolicyFile, absl::StrCat(config_.witnessing().policy_file(),
                                              ": the witnesses that are asked cannot make up its quorum; add their "
                                              "witness_vkey to partners, or outside_witnesses, or change the quorum"));
    }
    if (!key) return std::nullopt;
    setup.key = *std::move(key);
    return setup;
  }

 private:
  std::optional<ledger::NoteKey> LoadKey(std::string& seed) {
    const std::string& name = config_.witnessing().name();
    const bool has_name =
        CheckLogName(kName, name, "name the witness, such as witness.border-service.kaz.tamga", mistakes_);
    std::optional<std::string> loaded = LoadHexKey(kKeyFile, config_.witnessing().key_file(), mistakes_);
    if (!has_name || !loaded) return std::nullopt;
    if (secrets_ && (*loaded == secrets_->log_seed || *loaded == secrets_->vault_key)) {
      mistakes_.Add(kKeyFile, "holds the log's key or the vault's; the witness needs a key of its own");
      return std::nullopt;
    }
    const absl::StatusOr<certs::Ed25519Key> key = certs::Ed25519Key::FromSeed(*loaded);
    if (!key.ok()) {
      mistakes_.Add(kKeyFile, absl::StrCat(key.status().message(), "; make a new key: tamga pki node"));
      return std::nullopt;
    }
    seed = *std::move(loaded);
    return ledger::NoteKey{name, key->public_key(), ledger::kCosignature};
  }

  std::optional<ledger::TlogPolicy> LoadPolicy() {
    const std::string& path = config_.witnessing().policy_file();
    if (!mistakes_.Require(kPolicyFile, path, "name the file that says which witnesses count")) return std::nullopt;
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      mistakes_.AddUnusable(kPolicyFile, text.status());
      return std::nullopt;
    }
    absl::StatusOr<ledger::TlogPolicy> policy = ledger::ParseTlogPolicy(*text);
    if (!policy.ok()) {
      for (const absl::string_view line : absl::StrSplit(policy.status().message(), '\n')) {
        mistakes_.Add(kPolicyFile, absl::StrCat(path, ": ", line));
      }
      return std::nullopt;
    }
    if (!NamesOwnLog(*policy)) {
      mistakes_.Add(kPolicyFile, absl::StrCat(path, " names other logs than ", config_.log().origin(),
                                              "; add a line \"log <log.vkey>\", or leave its log lines out"));
      return std::nullopt;
    }
    return *std::move(policy);
  }

  bool NamesOwnLog(const ledger::TlogPolicy& policy) const {
    if (policy.logs.empty() || !secrets_) return true;
    const absl::StatusOr<certs::Ed25519Key> own = certs::Ed25519Key::FromSeed(secrets_->log_seed);
    if (!own.ok()) return true;  // a mistake of its own
    return policy.IsFor({config_.log().origin(), own->public_key()});
  }

  const v1::NodeConfig& config_;
  const std::optional<Secrets>& secrets_;
  Mistakes& mistakes_;
};

}  // namespace

std::optional<WitnessingSetup> LoadWitnessing(v1::NodeConfig& config, const std::optional<Secrets>& secrets,
                                              const std::optional<OwnKeys>& keys, absl::Time now, Mistakes& mistakes) {
  if (!config.has_witnessing()) {
    CheckPartnerWitnesses(config, mistakes);
    return std::nullopt;
  }
  CompleteTimes(*config.mutable_witnessing(), mistakes);
  std::optional<exchange::TlsIdentity> tls;
  if (keys) tls = keys->tls;
  return WitnessingLoader(config, secrets, mistakes).Load(std::move(tls), now);
}

}  // namespace tamga::node
