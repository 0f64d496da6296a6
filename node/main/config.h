// A node's configuration, checked as a whole and with everything that it names loaded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/extra_algorithm.h"
#include "certs/seal.h"
#include "certs/signer.h"
#include "certs/trust_store.h"
#include "node/exchange/tls.h"
#include "node/ledger/note.h"
#include "node/ledger/tlog_policy.h"
#include "node/timestamp/ts_token.h"
#include "node/treaty/treaty_intake.h"
#include "node/treaty/treaty_library.h"
#include "node/trust/list_watch.h"
#include "node/trust/trust_keeper.h"
#include "node/witness/https_client.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

// A witness that no partner runs.
struct OutsideWitness {
  ledger::NoteKey key;
  witness::HttpsServer server;  // holds a secret
  std::string base_path;        // "", or "/logs"
};

// How the node watches over logs, and who watches over its own.
struct WitnessingSetup {
  std::string seed;  // of the witness's key: Ed25519, 32 bytes, secret
  ledger::NoteKey key;
  ledger::TlogPolicy policy;
  std::map<std::string, ledger::NoteKey> partners;  // their witnesses, by agency
  std::vector<OutsideWitness> outside;
};

// How the node learns of revoked certificates.
struct RevocationSetup {
  trust::RevocationRules rules;
  absl::Duration refresh;
  std::vector<trust::ListFile> files;
};

// Signatures on seals beside the one that every node speaks.
struct ExtraSeals {
  std::vector<std::shared_ptr<const certs::Signer>> signers;  // for each seal of this node (Seal::AlsoSignBy)
  std::vector<certs::ExtraAlgorithm> accepted;
  std::map<std::string, std::shared_ptr<const certs::KeyHelper>> helpers;  // by algorithm
};

// Who puts a time to the log.
struct TimeStampingSetup {
  witness::HttpsServer server;  // holds a secret
  std::string target;           // "/tsr"
  timestamp::TsAuthority authority;
  std::vector<std::string> list_files;  // with revocation lists (timestamp_lists.h)
};

// What couriers' bundles are encrypted with.
struct CourierSetup {
  std::string key;                              // X25519, 32 bytes, secret; empty: none is taken
  std::map<std::string, std::string> partners;  // public, 32 bytes, by agency; those that have one
};

// What is secret in it is for whoever starts the node, who wipes it (WipeKeys).
struct NodeSetup {
  v1::NodeConfig config;  // effective: limits filled in, paths absolute
  std::shared_ptr<const certs::TrustStore> trust;
  exchange::TlsIdentity tls;  // holds a secret
  absl::Time tls_expires_at;
  std::shared_ptr<const certs::Seal> seal;
  std::string log_seed;          // Ed25519, 32 bytes, secret
  std::string vault_key;         // 32 bytes, secret
  std::string former_vault_key;  // the same, or empty
  treaty::TreatyLibrary treaties;
  treaty::TreatySources treaty_sources;                 // of which `treaties` was made
  treaty::IntakeRules treaty_rules;                     // by which more of them are taken over
  std::map<std::string, ledger::NoteKey> partner_logs;  // by agency
  std::optional<WitnessingSetup> witnessing;
  ExtraSeals extra_seals;  // whose signers `seal` has already
  std::optional<TimeStampingSetup> time_stamping;
  RevocationSetup revocation;
  CourierSetup courier;
};

// Once all that use the keys have them: the seal keeps its own.
void WipeKeys(NodeSetup& setup);

// Reads the NodeConfig (protobuf text format, at most 1 MiB) at `path`, fills in defaults, checks every field and every
// file that it names, and makes the data folder. Certificates must be good at `now`.
//
// A text that cannot be parsed, or holds unknown fields, is InvalidArgument with "file:line:column: ..." lines. Other
// mistakes are InvalidArgument too, all of them in one message, one a line: "field: what is wrong; how to mend it". The
// reason is CONFIG_INVALID in both cases. No message holds a secret. NotFound or PermissionDenied if the file itself
// cannot be read.
absl::StatusOr<NodeSetup> LoadNodeSetup(const std::string& path, absl::Time now);

}  // namespace tamga::node
