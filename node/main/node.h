// A running node: its parts, built from the bottom up and taken down in reverse.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/main/config.h"

namespace tamga::node {

class Node {
 public:
  // Opens the stores, checks the log and the listening socket, and serves. `clock` and `rng` outlive the node.
  static absl::StatusOr<std::unique_ptr<Node>> Start(NodeSetup setup, const Clock& clock, Rng& rng);
  // Drains as the configuration says.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Takes over the certificates and keys that the configured files hold now, as the node does each second anyway.
  void CheckCredentials();

  // The address that it listens on, with the port that the kernel chose.
  const std::string& address() const;

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace tamga::node
