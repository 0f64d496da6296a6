// tamga-node: one agency's exchange node.
//
//   tamga-node --config node.txtpb           serves until SIGTERM; SIGHUP: looks at its certificates and keys now
//   tamga-node --config node.txtpb --check   checks the configuration and everything that it names, and ends
//
// How it ends is in node/base/exit_code.h.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "node/base/signals.h"
#include "node/exchange/tls.h"
#include "node/main/config.h"
#include "node/main/node.h"
#include "node/main/sd_notify.h"
#include "node/main/server_process.h"

namespace tamga::node {
namespace {

struct Options {
  std::string config;
  bool check = false;
};

ExitCode Run(const Options& options) {
  const SystemClock clock;
  SystemRng rng;
  const sigset_t signals = BlockSignals({SIGTERM, SIGINT, SIGHUP});
  SetUpServerProcess();
  absl::StatusOr<NodeSetup> setup = LoadNodeSetup(options.config, clock.Now());
  if (!setup.ok()) {
    std::fprintf(stderr, "%s\n", std::string(setup.status().message()).c_str());
    return kUsage;
  }
  if (options.check) {
    std::printf("%s: in order\n", options.config.c_str());
    return kSuccess;
  }
  if (absl::Status status = exchange::RestrictOpenSslToTls13(); !status.ok()) {
    Log(Severity::kError, "not started", {{"reason", ReasonOf(status)}, {"detail", std::string(status.message())}});
    return kOther;
  }
  const std::string agency = setup->config.agency();
  absl::StatusOr<std::unique_ptr<Node>> node = Node::Start(*std::move(setup), clock, rng);
  if (!node.ok()) {
    Log(Severity::kError, "not started",
        {{"reason", ReasonOf(node.status())}, {"detail", std::string(node.status().message())}});
    return kRefused;
  }
  Log(Severity::kInfo, "serving", {{"agency", agency}, {"address", (*node)->address()}, {"version", TAMGA_VERSION}});
  NotifyServiceManager("READY=1");
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) (*node)->CheckCredentials();
  NotifyServiceManager("STOPPING=1");
  Log(Severity::kInfo, "draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  node->reset();
  Log(Severity::kInfo, "ended");
  return kSuccess;
}

}  // namespace
}  // namespace tamga::node

int main(int argc, char** argv) {
  tamga::node::Options options;
  CLI::App program("One agency's exchange node. Serves until SIGTERM.", "tamga-node");
  program.add_option("--config", options.config, "The configuration, such as node.txtpb")->required();
  program.add_flag("--check", options.check, "Check the configuration and everything that it names, and end");
  program.set_version_flag("--version", "tamga-node " TAMGA_VERSION);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::node::Run(options);
}
