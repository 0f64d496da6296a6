// The parts of LoadNodeSetup. Each checks some fields of the configuration and loads what they name; what is wrong goes
// into `mistakes`, and an empty result means that something did.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/seal.h"
#include "certs/trust_store.h"
#include "certs/wiper.h"
#include "node/exchange/tls.h"
#include "node/ledger/note.h"
#include "node/main/config.h"
#include "node/main/mistakes.h"
#include "node/treaty/treaty_intake.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

// The parsed text (config_text.cc), or the parser's errors as "name:line:column: ..." lines.
absl::StatusOr<v1::NodeConfig> ParseConfigText(absl::string_view text, const std::string& name);
// The same of a file, which gives the name (config_text.cc).
absl::StatusOr<v1::NodeConfig> ReadConfigText(const std::string& path);

// Replaces "credential:NAME", where the configuration names a file, by the file of this name in `folder`, the value of
// CREDENTIALS_DIRECTORY; null if that is not set (config_credentials.cc). Before ResolvePaths.
void ResolveCredentials(const char* folder, v1::NodeConfig& config, Mistakes& mistakes);

// Makes every path of the configuration absolute; those that are not are relative to `folder` (config_text.cc).
void ResolvePaths(const std::string& folder, v1::NodeConfig& config);

// Fills in the defaults and checks the ranges (config_limits.cc). `process_descriptors` is how many the process may
// have.
void CompleteLimits(uint32_t process_descriptors, v1::Limits& limits, Mistakes& mistakes);

// "127.0.0.1:7401" or "[::1]:7401", port 0 allowed (config_addresses.cc).
void CheckListenAddress(absl::string_view field, absl::string_view address, Mistakes& mistakes);
// host:port with a name or an IP address and a port from 1 (config_addresses.cc).
void CheckPartnerAddress(absl::string_view field, absl::string_view address, Mistakes& mistakes);

struct HttpsUrl {
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 443;
  std::string path;  // "", or "/logs" without a slash at its end
};
// "https://witness.example:8443/logs", without user, query and fragment (config_addresses.cc).
std::optional<HttpsUrl> ReadHttpsUrl(absl::string_view field, absl::string_view url, Mistakes& mistakes);
struct HttpUrl {
  HttpsUrl url;  // with its path as it stands
  bool is_plain = false;
};
// The same, or "http://tsa.example/tsr" (config_addresses.cc).
std::optional<HttpUrl> ReadHttpUrl(absl::string_view field, absl::string_view url, Mistakes& mistakes);
// False for what is neither a DNS name nor an IP address (config_addresses.cc).
bool CheckServerName(absl::string_view field, absl::string_view name, Mistakes& mistakes);

// Makes the folder and checks that it can be written to (config_folders.cc).
void MakeDataFolder(const std::string& path, Mistakes& mistakes);
// Fills in the default; makes a folder that is named and checks that this node alone can write to it
// (config_folders.cc).
void CompleteTlsFolder(v1::NodeConfig& config, Mistakes& mistakes);
// Fills in the defaults and checks the ranges (config_attachments.cc).
void CompleteAttachments(v1::NodeConfig& config, Mistakes& mistakes);
// Fills in the defaults, checks the ranges and makes the folder (config_backup.cc).
void CompleteBackup(v1::NodeConfig& config, Mistakes& mistakes);
// Fills in the defaults, checks the fields, and ends a renewal that a crash interrupted, so that the files of `tls` and
// `seal` can be read (config_enrolment.cc).
void CompleteEnrolment(v1::NodeConfig& config, Mistakes& mistakes);
struct LoadedTreaties {
  treaty::TreatyLibrary library;
  treaty::TreatySources sources;
  treaty::IntakeRules rules;
};
// The treaties in the folder, of which there must be one at least, and what acts of States make of them
// (config_treaties.cc). `skew`: how far clocks of nodes may be apart.
std::optional<LoadedTreaties> LoadTreaties(const v1::NodeConfig& config, absl::Duration skew, Mistakes& mistakes);

// The roots of all States, for peers whose clocks differ by no more than the limits say (config_trust.cc).
std::shared_ptr<const certs::TrustStore> LoadTrust(const v1::NodeConfig& config, Mistakes& mistakes);
// Whether the configured roots are those that the States name in their registers (config_trust.cc). Null or empty:
// the mistakes are told already.
void CheckNamedRoots(const v1::NodeConfig& config, const certs::TrustStore* trust,
                     const std::optional<LoadedTreaties>& treaties, absl::Time now, Mistakes& mistakes);
// True if the configuration has a bundle for the State, good or not (config_trust.cc).
bool HasBundle(const v1::NodeConfig& config, absl::string_view state);

// A certificate with its issuers, and its key, which is wiped when the pair goes. What was not good is empty.
struct LoadedPair {
  std::string chain_pem;
  std::string key_pem;
  certs::CertificateChain chain;

  ~LoadedPair() { certs::Wipe(key_pem); }
};
// The two files, which must belong together; who vouches for the certificate is not looked at (config_key_pair.cc).
LoadedPair LoadKeyPair(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes);

// The same for a seal, whose key may be elsewhere than in a file; what is elsewhere must be there, and answer.
struct LoadedSealPair {
  certs::CertificateChain chain;
  std::unique_ptr<certs::Signer> signer;
};
LoadedSealPair LoadSealPair(absl::string_view field, const v1::KeyPair& pair, Mistakes& mistakes);

struct OwnKeys {
  exchange::TlsIdentity tls;
  absl::Time tls_expires_at;
  certs::Seal seal;
};
// The node's own certificates and keys (config_keys.cc). A null `trust` leaves out whether the State vouches for them.
std::optional<OwnKeys> LoadOwnKeys(const v1::NodeConfig& config, const certs::TrustStore* trust, absl::Time now,
                                   Mistakes& mistakes);

// The bundles' lists, with the defaults filled in (config_revocation.cc). A null `trust` and no `keys` leave out
// whether the files hold whose lists they are, and whether they revoke the own keys.
RevocationSetup LoadRevocation(v1::NodeConfig& config, const certs::TrustStore* trust,
                               const std::optional<OwnKeys>& keys, absl::Time now, Mistakes& mistakes);

// The algorithms of signatures on seals beside the one that every node speaks (config_extra_seals.cc).
ExtraSeals LoadExtraSeals(const v1::NodeConfig& config, Mistakes& mistakes);

struct Secrets {
  std::string log_seed;
  std::string vault_key;
  std::string former_vault_key;  // empty: none
};
// The log's origin and seed, and the vault's key (config_secrets.cc).
std::optional<Secrets> LoadSecrets(const v1::NodeConfig& config, Mistakes& mistakes);

// 32 bytes in hex (config_secrets.cc).
std::optional<std::string> LoadHexKey(absl::string_view field, const std::string& path, Mistakes& mistakes);
// False for a name that is no URL without its scheme (config_secrets.cc).
bool CheckLogName(absl::string_view field, absl::string_view name, absl::string_view fix, Mistakes& mistakes);

// The witnesses, with the defaults filled in (config_witnessing.cc). Empty without a mistake where the node has none.
std::optional<WitnessingSetup> LoadWitnessing(v1::NodeConfig& config, const std::optional<Secrets>& secrets,
                                              const std::optional<OwnKeys>& keys, absl::Time now, Mistakes& mistakes);

// What there is beside the outside witnesses that are loaded.
struct WitnessingAround {
  const ledger::TlogPolicy* policy = nullptr;  // null where it is a mistake of its own, as are the others if empty
  std::optional<ledger::NoteKey> own_witness;
  std::map<std::string, ledger::NoteKey> partners;  // their witnesses, by agency
  std::optional<exchange::TlsIdentity> tls;
};
// The witnesses that no partner runs (config_outside_witnesses.cc); what is not good of one is left out of it.
std::vector<OutsideWitness> LoadOutsideWitnesses(const v1::Witnessing& witnessing, const WitnessingAround& around,
                                                 absl::Time now, Mistakes& mistakes);

// Who time-stamps the log, with the defaults filled in (config_timestamp.cc). Empty without a mistake where nobody
// does. `keys`: the TLS certificate is shown to an https:// server that asks.
std::optional<TimeStampingSetup> LoadTimeStamping(v1::NodeConfig& config, const std::optional<OwnKeys>& keys,
                                                  absl::Time now, Mistakes& mistakes);

// The own courier key and those of partners, as far as there are any (config_courier.cc).
CourierSetup LoadCourier(const v1::NodeConfig& config, Mistakes& mistakes);

// The partners' logs by agency (config_partners.cc).
std::map<std::string, ledger::NoteKey> CheckPartners(const v1::NodeConfig& config, Mistakes& mistakes);
// The agencies whose auditors may read (config_partners.cc).
void CheckAuditors(const v1::NodeConfig& config, Mistakes& mistakes);

}  // namespace tamga::node
