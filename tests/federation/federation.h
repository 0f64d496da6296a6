// A federation of real nodes on loopback, with their own keys, databases, logs and treaties.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/authority.h"
#include "certs/current_trust.h"
#include "certs/principal.h"
#include "certs/seal.h"
#include "grpcpp/channel.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/exchange/tls.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/node_config.pb.h"
#include "tests/federation/node_process.h"

namespace tamga::testing {

// The six agencies of the demonstration.
const std::vector<std::string>& AllAgencies();

// Whether the nodes exchange treaties among themselves.
enum class Charter {
  kNone,    // they do not, so logs hold only what a test asked for; all read one folder of treaties
  kInForce  // they do, each with a folder of its own: folder(agency) + "/treaties"
};

// Not thread-safe.
class Federation {
 public:
  // Makes keys, configurations and listening sockets below `folder` for nodes of `agencies`; starts nothing. Every node
  // has all others as partners. `node_binary` is the path of tamga-node, `policy` that of the repository's policy
  // folder, whose acts the States sign.
  static absl::StatusOr<std::unique_ptr<Federation>> Create(const std::string& folder,
                                                            const std::vector<std::string>& agencies,
                                                            const std::string& node_binary, const std::string& policy,
                                                            Charter charter = Charter::kNone);
  ~Federation();
  Federation(const Federation&) = delete;
  Federation& operator=(const Federation&) = delete;

  absl::Status StartAll();
  NodeProcess& node(const std::string& agency) { return *members_.at(agency).process; }
  // Waits until the node of `agency` completes a handshake with a client.
  absl::Status WaitUntilServing(const std::string& agency);

  // Has all nodes cosign each other's logs, any one of the others being enough. Before they are started.
  absl::Status AddWitnesses(uint32_t interval_ms);
  // Changes a node's configuration before it is (re)started.
  absl::Status Reconfigure(const std::string& agency, v1::NodeConfig config);
  const v1::NodeConfig& config(const std::string& agency) const { return members_.at(agency).config; }
  // Folder of the node, with its data in "data".
  std::string folder(const std::string& agency) const { return members_.at(agency).folder; }
  // Stops listening for a node that is not running, so that connecting to it is refused; and listens again.
  void CloseSocket(const std::string& agency);
  absl::Status ReopenSocket(const std::string& agency);

  // A channel to the node of `agency` for a principal, "KAZ/border-service" role system name "lane-7", with a fresh
  // certificate of its State.
  std::shared_ptr<grpc::Channel> Connect(const certs::Principal& caller, const std::string& agency);
  // The same with an identity of the test's own making.
  std::shared_ptr<grpc::Channel> ConnectAs(const exchange::TlsIdentity& identity, const std::string& agency);

  certs::StateAuthority& authority(const std::string& state) { return authorities_.at(state); }
  const certs::CurrentTrust& trust() const { return *trust_; }
  // What the members decide by at first. Ends the test program if it cannot be read.
  treaty::TreatyLibrary ReadTreaties() const;
  std::string address(const std::string& agency) const { return members_.at(agency).address; }
  std::string log_vkey(const std::string& agency) const { return members_.at(agency).log_vkey; }

 private:
  struct Member {
    std::string folder;
    std::string address;
    std::string log_vkey;
    int listen_fd = -1;
    v1::NodeConfig config;
    std::unique_ptr<NodeProcess> process;
  };

  Federation(std::string folder, std::string node_binary, std::string policy, Charter charter);
  absl::Status MakeAuthorities(const std::vector<std::string>& agencies);
  absl::Status MakeMember(const std::string& agency);
  absl::Status ConnectMembers();

  const std::string folder_;
  const std::string node_binary_;
  const std::string policy_;
  const Charter charter_;
  SystemClock clock_;
  SystemRng rng_;
  std::map<std::string, certs::StateAuthority> authorities_;
  std::unique_ptr<const certs::CurrentTrust> trust_;
  std::map<std::string, Member> members_;
};

}  // namespace tamga::testing
