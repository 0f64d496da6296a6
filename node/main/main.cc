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

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpc/support/log.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "node/exchange/tls.h"
#include "node/main/config.h"
#include "node/main/node.h"
#include "node/main/sd_notify.h"

namespace tamga::node {
namespace {

struct Options {
  std::string config;
  bool check = false;
};

// gRPC would write unstructured lines; only its errors are of use to an operator. That our certificate does not name
// the address it is called at is none: callers check the SPIFFE id.
void ForwardGrpcLog(gpr_log_func_args* line) {
  if (absl::StrContains(line->message, "No match found for server name")) return;
  if (line->severity == GPR_LOG_SEVERITY_ERROR) Log(Severity::kWarning, "grpc", {{"detail", line->message}});
}

void SetUpProcess() {
  // Debian's Abseil detects deadlocks in production builds, which costs more than the locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  gpr_set_log_function(ForwardGrpcLog);
  std::signal(SIGPIPE, SIG_IGN);
}

// Blocks the signals that the node is told something by, for this thread and all that it starts; they are taken by
// sigwait.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

ExitCode Run(const Options& options) {
  const SystemClock clock;
  SystemRng rng;
  const sigset_t signals = BlockSignals();
  SetUpProcess();
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
