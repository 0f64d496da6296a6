// What programs begin with that put load on two nodes: their options, and the nodes in a temporary folder.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/federation/federation.h"

namespace tamga::bench {

inline constexpr char kAsker[] = "KAZ/border-service";
inline constexpr char kAnswerer[] = "KGZ/interior-ministry";

struct NodeOptions {
  std::string node;
  std::string policy = "policy";
};

// Adds --node and --policy to a program that was started as `argv0`.
void AddNodeOptions(CLI::App& program, const char* argv0, NodeOptions& options);

// A temporary folder's path for this run of the program `name`. Whoever uses it removes it.
std::string RunFolder(const std::string& name);

// The node of `asker` and that of kAnswerer, not started, below `folder`. From here on gRPC says nothing, so that its
// lines do not stand between the figures, unless GRPC_VERBOSITY is set.
absl::StatusOr<std::unique_ptr<testing::Federation>> MakeTwoNodes(const std::string& folder, const NodeOptions& options,
                                                                  const std::string& asker = kAsker);

}  // namespace tamga::bench
