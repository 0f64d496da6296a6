#include "tests/federation/federation.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "certs/ed25519.h"
#include "google/protobuf/text_format.h"
#include "grpcpp/create_channel.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/ledger/note.h"
#include "node/treaty/test_treaties.h"

namespace tamga::testing {
namespace {

// A listening socket on a port of 127.0.0.1; 0 lets the kernel choose.
absl::StatusOr<int> Listen(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int on = 1;
  if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || ::listen(fd, 128) != 0) {
    return absl::ErrnoToStatus(errno, "cannot listen on loopback");
  }
  // Out of the way of descriptor 3, at which a node expects its socket.
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 64);
  ::close(fd);
  return moved;
}

uint16_t PortOf(int fd) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string FolderName(const std::string& agency) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(agency, {{"/", "-"}}));
}

}  // namespace

const std::vector<std::string>& AllAgencies() {
  static const auto& agencies =
      *new std::vector<std::string>{"KAZ/interior-ministry", "KAZ/border-service",    "KAZ/tourism-agency",
                                    "KGZ/interior-ministry", "TJK/interior-ministry", "UZB/interior-ministry"};
  return agencies;
}

Federation::Federation(std::string folder, std::string node_binary, std::string policy, Charter charter)
    : folder_(std::move(folder)), node_binary_(std::move(node_binary)), policy_(std::move(policy)), charter_(charter) {}

Federation::~Federation() {
  for (auto& [agency, member] : members_) {
    member.process.reset();
    if (member.listen_fd >= 0) ::close(member.listen_fd);
  }
}

absl::StatusOr<std::unique_ptr<Federation>> Federation::Create(const std::string& folder,
                                                               const std::vector<std::string>& agencies,
                                                               const std::string& node_binary,
                                                               const std::string& policy, Charter charter) {
  std::unique_ptr<Federation> federation(new Federation(folder, node_binary, policy, charter));
  RETURN_IF_ERROR(MakeFolder(folder));
  RETURN_IF_ERROR(exchange::RestrictOpenSslToTls13());
  RETURN_IF_ERROR(federation->MakeAuthorities(agencies));
  for (const std::string& agency : agencies) RETURN_IF_ERROR(federation->MakeMember(agency));
  RETURN_IF_ERROR(federation->ConnectMembers());
  return federation;
}

absl::Status Federation::MakeAuthorities(const std::vector<std::string>& agencies) {
  std::vector<std::pair<std::string, std::string>> bundles;
  for (const std::string& agency : agencies) {
    const std::string state = StateOf(agency);
    if (authorities_.find(state) != authorities_.end()) continue;
    ASSIGN_OR_RETURN(certs::StateAuthority authority, certs::StateAuthority::Create(state, clock_.Now(), rng_));
    bundles.emplace_back(state, authority.RootPem());
    RETURN_IF_ERROR(WriteFile(absl::StrCat(folder_, "/", state, ".pem"), authority.RootPem()));
    authorities_.emplace(state, std::move(authority));
  }
  ASSIGN_OR_RETURN(certs::TrustStore trust, certs::TrustStore::Build(bundles));
  trust_ = std::make_unique<const certs::CurrentTrust>(std::move(trust));
  std::vector<std::string> states;
  for (const auto& [state, unused] : authorities_) states.push_back(state);
  ASSIGN_OR_RETURN(std::vector<std::string> treaties, ListFolder(policy_ + "/treaties", ".txtpb"));
  if (charter_ == Charter::kNone) {
    std::erase_if(treaties, [](const std::string& name) { return absl::StartsWith(name, "tamga-charter"); });
  }
  return treaty::SignRepositoryTreaties(policy_, absl::StrCat(folder_, "/treaties"), states, treaties);
}

absl::Status Federation::MakeMember(const std::string& agency) {
  Member member;
  member.folder = absl::StrCat(folder_, "/", FolderName(agency));
  RETURN_IF_ERROR(MakeFolder(member.folder));
  ASSIGN_OR_RETURN(member.listen_fd, Listen(0));
  member.address = absl::StrCat("127.0.0.1:", PortOf(member.listen_fd));

  const certs::StateAuthority& authority = authorities_.at(StateOf(agency));
  for (const certs::Role role : {certs::Role::kNode, certs::Role::kSeal}) {
    const certs::Principal principal{agency, role, "n1"};
    ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                     authority.Issue(principal, certs::DefaultLifetime(role), clock_.Now(), rng_));
    const std::string base = absl::StrCat(member.folder, role == certs::Role::kNode ? "/tls" : "/seal");
    RETURN_IF_ERROR(WriteFile(base + ".pem", files.chain_pem));
    RETURN_IF_ERROR(WriteFile(base + ".key", files.key_pem, 0600));
  }
  const std::string log_seed = rng_.Bytes(32);
  RETURN_IF_ERROR(WriteFile(member.folder + "/log.key", HexEncode(log_seed), 0600));
  RETURN_IF_ERROR(WriteFile(member.folder + "/vault.key", HexEncode(rng_.Bytes(32)), 0600));
  const std::string origin = absl::StrCat("log.", FolderName(agency), ".tamga");
  ASSIGN_OR_RETURN(const certs::Ed25519Key log_key, certs::Ed25519Key::FromSeed(log_seed));
  member.log_vkey = ledger::FormatVkey({origin, log_key.public_key()});

  v1::NodeConfig& config = member.config;
  config.set_agency(agency);
  config.set_listen("127.0.0.1:0");
  config.set_data_dir("data");
  config.set_treaties_dir("../treaties");
  if (charter_ == Charter::kInForce) {
    config.set_treaties_dir("treaties");
    std::error_code error;
    std::filesystem::copy(folder_ + "/treaties", member.folder + "/treaties", std::filesystem::copy_options::recursive,
                          error);
    if (error) return absl::ErrnoToStatus(error.value(), "cannot copy the treaties");
  }
  config.mutable_tls()->set_certificate_file("tls.pem");
  config.mutable_tls()->set_key_file("tls.key");
  config.mutable_seal()->set_certificate_file("seal.pem");
  config.mutable_seal()->set_key_file("seal.key");
  config.mutable_log()->set_origin(origin);
  config.mutable_log()->set_key_file("log.key");
  config.set_vault_key_file("vault.key");
  config.mutable_limits()->set_max_connections_per_address(10'000);  // all callers of a test have one address
  for (const auto& [state, unused] : authorities_) {
    v1::TrustBundle& bundle = *config.add_trust_bundles();
    bundle.set_state(state);
    bundle.set_roots_file(absl::StrCat("../", state, ".pem"));
    bundle.set_treaty_office_file(absl::StrCat("../treaties/offices/", state, ".txtpb"));
    config.add_auditor_agencies(absl::StrCat(state, "/prosecutor-general"));
  }
  member.process = std::make_unique<NodeProcess>(node_binary_, member.folder + "/node.txtpb",
                                                 member.folder + "/node.log", member.listen_fd);
  members_.emplace(agency, std::move(member));
  return absl::OkStatus();
}

absl::Status Federation::ConnectMembers() {
  for (auto& [agency, member] : members_) {
    for (const auto& [other, other_member] : members_) {
      if (other == agency) continue;
      v1::Partner& partner = *member.config.add_partners();
      partner.set_agency(other);
      partner.set_address(other_member.address);
      partner.set_log_vkey(other_member.log_vkey);
    }
    RETURN_IF_ERROR(Reconfigure(agency, member.config));
  }
  return absl::OkStatus();
}

absl::Status Federation::AddWitnesses(uint32_t interval_ms) {
  std::map<std::string, std::string> vkeys;
  for (const auto& [agency, member] : members_) {
    const std::string seed = rng_.Bytes(32);
    RETURN_IF_ERROR(WriteFile(member.folder + "/witness.key", HexEncode(seed), 0600));
    ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
    vkeys[agency] = ledger::FormatVkey(
        {absl::StrCat("witness.", FolderName(agency), ".tamga"), key.public_key(), ledger::kCosignature});
  }
  for (auto& [agency, member] : members_) {
    std::string policy;
    std::string names;
    for (v1::Partner& partner : *member.config.mutable_partners()) {
      partner.set_witness_vkey(vkeys.at(partner.agency()));
      absl::StrAppend(&policy, "witness ", partner.agency(), " ", partner.witness_vkey(), "\n");
      absl::StrAppend(&names, " ", partner.agency());
    }
    absl::StrAppend(&policy, "group others any", names, "\nquorum others\n");
    RETURN_IF_ERROR(WriteFile(member.folder + "/witnesses.policy", policy));
    v1::Witnessing& witnessing = *member.config.mutable_witnessing();
    witnessing.set_key_file("witness.key");
    witnessing.set_name(absl::StrCat("witness.", FolderName(agency), ".tamga"));
    witnessing.set_policy_file("witnesses.policy");
    witnessing.set_interval_ms(interval_ms);
    RETURN_IF_ERROR(Reconfigure(agency, member.config));
  }
  return absl::OkStatus();
}

absl::Status Federation::Reconfigure(const std::string& agency, v1::NodeConfig config) {
  Member& member = members_.at(agency);
  member.config = std::move(config);
  std::string text;
  google::protobuf::TextFormat::PrintToString(member.config, &text);
  return WriteFile(member.folder + "/node.txtpb", text);
}

absl::Status Federation::StartAll() {
  for (auto& [agency, member] : members_) RETURN_IF_ERROR(member.process->Start());
  for (const auto& [agency, unused] : members_) RETURN_IF_ERROR(WaitUntilServing(agency));
  return absl::OkStatus();
}

absl::Status Federation::WaitUntilServing(const std::string& agency) {
  const std::shared_ptr<grpc::Channel> channel = Connect({agency, certs::Role::kOperator, "federation"}, agency);
  if (channel->WaitForConnected(absl::ToChronoTime(clock_.Now() + absl::Seconds(30)))) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(agency, " does not serve; its log: ", node(agency).LogText()));
}

treaty::TreatyLibrary Federation::ReadTreaties() const {
  std::vector<std::string> states;
  for (const auto& [state, unused] : authorities_) states.push_back(state);
  absl::StatusOr<treaty::TreatySources> sources = treaty::ReadTreatyFolder(absl::StrCat(folder_, "/treaties"));
  TAMGA_CHECK(sources.ok());
  absl::StatusOr<treaty::TreatyLibrary> library =
      treaty::BuildLibrary(*std::move(sources), treaty::TestOffices(states), absl::ZeroDuration(), "");
  TAMGA_CHECK(library.ok());
  return *std::move(library);
}

void Federation::CloseSocket(const std::string& agency) {
  ::close(members_.at(agency).listen_fd);
  members_.at(agency).listen_fd = -1;
}

absl::Status Federation::ReopenSocket(const std::string& agency) {
  Member& member = members_.at(agency);
  const uint16_t port = static_cast<uint16_t>(std::stoi(member.address.substr(member.address.rfind(':') + 1)));
  ASSIGN_OR_RETURN(member.listen_fd, Listen(port));
  member.process = std::make_unique<NodeProcess>(node_binary_, member.folder + "/node.txtpb",
                                                 member.folder + "/node.log", member.listen_fd);
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Federation::Connect(const certs::Principal& caller, const std::string& agency) {
  const absl::StatusOr<certs::KeyAndCertificate> files =
      authorities_.at(caller.State()).Issue(caller, absl::Hours(24), clock_.Now(), rng_);
  if (!files.ok()) return nullptr;
  return ConnectAs({files->chain_pem, files->key_pem}, agency);
}

std::shared_ptr<grpc::Channel> Federation::ConnectAs(const exchange::TlsIdentity& identity, const std::string& agency) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // one connection per channel, never another caller's
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetMaxReceiveMessageSize(4 << 20);
  return grpc::CreateCustomChannel(address(agency), exchange::MakeChannelCredentials(identity, *trust_, clock_, agency),
                                   arguments);
}

}  // namespace tamga::testing
