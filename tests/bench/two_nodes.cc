#include "tests/bench/two_nodes.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace tamga::bench {

void AddNodeOptions(CLI::App& program, const char* argv0, NodeOptions& options) {
  options.node = (std::filesystem::path(argv0).parent_path() / "tamga-node").string();
  program.add_option("--node", options.node, "The node's program; if not given, the one beside this")
      ->check(CLI::ExistingFile);
  program.add_option("--policy", options.policy, "Folder of treaties and acts, which the States then sign")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
}

std::string RunFolder(const std::string& name) {
  return (std::filesystem::temp_directory_path() / absl::StrCat(name, "-", ::getpid())).string();
}

absl::StatusOr<std::unique_ptr<testing::Federation>> MakeTwoNodes(const std::string& folder, const NodeOptions& options,
                                                                  const std::string& asker) {
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  return testing::Federation::Create(folder, {asker, kAnswerer}, options.node,
                                     std::filesystem::absolute(options.policy).string());
}

}  // namespace tamga::bench
