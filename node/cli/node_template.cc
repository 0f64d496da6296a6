#include "node/cli/node_template.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"

namespace tamga::cli {
namespace {

// $0 to $9 are quoted texts; see NodeConfigText for their order.
constexpr char kIdentity[] = R"(# Configuration of a Tamga node: tamga.v1.NodeConfig in protobuf text format.
# Paths are relative to this file's folder. After each change: tamga node check --config FILE

# The agency whose node this is.
agency: $0

# Where to listen. Port 0 lets the kernel choose one.
listen: $1

# Folder for the databases; made if missing, readable by the node alone. The node copies them itself: see backup.
data_dir: $2

# Folder of the treaties that this node decides by; it adds what it learns, so it must be able to write to it.
treaties_dir: $3

# For TLS: the certificate with its issuers, and its key (mode 0600). New ones are taken over while the node runs, here and
# for seals. With enrolment the node renews by itself at its State's tamga-authority.
tls { certificate_file: $4 key_file: $5 }

# For seals: another certificate and key of the same agency.
seal { certificate_file: $6 key_file: $7 }

# enrolment { authority_address: "ca.example:7411" }

# The exchange log: its name, which must never change, and its Ed25519 seed (mode 0600).
log { origin: $8 key_file: $9 }
)";

constexpr char kVault[] = R"(
# The key that wraps the record vault's keys (mode 0600). Without it the stored records cannot be read.
vault_key_file: $0

# Copies of the databases, on another disk.
# backup { folder: "/mnt/backup/tamga" }

# Who may vouch for whom: each State's roots, for that State's agencies alone, and the treaty office by whose keys the
# State's acts about treaties are believed. The own State is among them. crl_files names the State's revocation lists;
# a State whose roots have no name constraint needs unconstrained: true.
)";

constexpr char kWitnessing[] = R"(
# How nodes watch over each other's logs: the key (mode 0600) and name with which this node cosigns partners' checkpoints,
# and the file that says whose cosignatures of its own log count. A witness that no partner runs is asked over HTTPS: its
# name is that in the policy file, and only the roots named may vouch for its host.
witnessing {
  key_file: $0
  name: $1
  policy_file: $2
  # outside_witnesses { name: "auditors" url: "https://witness.example" roots_file: "witness-roots.pem" }
}
)";

constexpr char kCourier[] = R"(
# The key (mode 0600) that opens what couriers bring where there is no line; `tamga courier key FILE` prints the public
# half, which partners name as courier_key.
courier_key_file: $0
)";

constexpr char kPartners[] = R"(
# The nodes to exchange with: address, the key of their log as they published it, that of their witness, which is
# asked to cosign this node's log, and the courier key, for which bundles are encrypted.
)";

constexpr char kAuditors[] = R"(
# Agencies whose auditors may read this node's log. Those of another State see its own exchanges only.
)";

constexpr char kLogListen[] = R"(
# Where the log is served over HTTPS, to auditors' monitors and partners' nodes; without it, it is not.
)";

constexpr char kLimits[] = R"(
# Bounds on what callers can use up; these are the defaults.
# limits {
#   max_message_bytes: 1048576    # largest gRPC message; at most 4194304
#   max_concurrent_streams: 64    # calls at once on one connection
#   max_call_ms: 30000            # longest time of a call
#   partner_timeout_ms: 10000     # time a partner has to answer
#   workers: 32                   # threads for agency systems, and as many for nodes
#   max_queued_calls: 1024        # calls waiting for a thread
#   max_clock_skew_s: 120         # between the clocks of two nodes
#   drain_ms: 10000               # for calls under way at SIGTERM
#   max_connections_per_address: 64
#   max_remembered_per_partner: 200000    # messages, so that none can be sent twice
#   max_partner_calls: 24         # of one State's nodes at once; more wait
# }

# gRPC server reflection, for developers.
# reflection: true
)";

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\""); }

}  // namespace

std::string NodeConfigText(const v1::NodeConfig& config) {
  std::string text = absl::Substitute(kIdentity, Quoted(config.agency()), Quoted(config.listen()),
                                      Quoted(config.data_dir()), Quoted(config.treaties_dir()),
                                      Quoted(config.tls().certificate_file()), Quoted(config.tls().key_file()),
                                      Quoted(config.seal().certificate_file()), Quoted(config.seal().key_file()),
                                      Quoted(config.log().origin()), Quoted(config.log().key_file()));
  absl::SubstituteAndAppend(&text, kVault, Quoted(config.vault_key_file()));
  for (const v1::TrustBundle& bundle : config.trust_bundles()) {
    const std::string office = bundle.treaty_office_file().empty()
                                   ? ""
                                   : absl::StrCat(" treaty_office_file: ", Quoted(bundle.treaty_office_file()));
    absl::SubstituteAndAppend(&text, "trust_bundles { state: $0 roots_file: $1$2 }\n", Quoted(bundle.state()),
                              Quoted(bundle.roots_file()), office);
  }
  if (config.has_witnessing()) {
    const v1::Witnessing& witnessing = config.witnessing();
    absl::SubstituteAndAppend(&text, kWitnessing, Quoted(witnessing.key_file()), Quoted(witnessing.name()),
                              Quoted(witnessing.policy_file()));
  }
  if (!config.courier_key_file().empty()) {
    absl::SubstituteAndAppend(&text, kCourier, Quoted(config.courier_key_file()));
  }
  text += kPartners;
  for (const v1::Partner& partner : config.partners()) {
    const std::string witness =
        partner.witness_vkey().empty() ? "" : absl::StrCat("  witness_vkey: ", Quoted(partner.witness_vkey()), "\n");
    const std::string courier =
        partner.courier_key().empty() ? "" : absl::StrCat("  courier_key: ", Quoted(partner.courier_key()), "\n");
    absl::SubstituteAndAppend(&text, "partners {\n  agency: $0\n  address: $1\n  log_vkey: $2\n$3$4}\n",
                              Quoted(partner.agency()), Quoted(partner.address()), Quoted(partner.log_vkey()), witness,
                              courier);
  }
  text += kAuditors;
  for (const std::string& agency : config.auditor_agencies()) {
    absl::StrAppend(&text, "auditor_agencies: ", Quoted(agency), "\n");
  }
  absl::StrAppend(&text, kLogListen, config.log_listen().empty() ? "# " : "",
                  "log_listen: ", Quoted(config.log_listen().empty() ? "127.0.0.1:7402" : config.log_listen()), "\n");
  text += kLimits;
  return text;
}

}  // namespace tamga::cli
