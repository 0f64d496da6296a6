// tamga-node: one agency's exchange node.
//
//   tamga-node --config node.txtpb           serves until SIGTERM
//   tamga-node --config node.txtpb --check   checks the configuration and everything that it names, and ends
//
// Exit status: 0 ended as asked; 1 could not start or serve; 2 the command line or the configuration is wrong.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpc/support/log.h"
#include "node/base/clock.h"
#include "node/base/log.h"
#include "node/base/rng.h"
#include "node/exchange/tls.h"
#include "node/main/config.h"
#include "node/main/node.h"

namespace tamga::node {
namespace {

constexpr char kUsage[] = "usage: tamga-node --config FILE [--check]\n       tamga-node --version\n";

struct Arguments {
  std::string config;
  bool check = false;
  bool version = false;
  bool valid = true;
};

Arguments ParseArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--config" && i + 1 < argc) {
      arguments.config = argv[++i];
    } else if (argument == "--check") {
      arguments.check = true;
    } else if (argument == "--version") {
      arguments.version = true;
    } else {
      arguments.valid = false;
    }
  }
  arguments.valid = arguments.valid && (arguments.version || !arguments.config.empty());
  return arguments;
}

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

// Blocks the signals that end the node, for this thread and all that it starts; they are taken by sigwait.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Run(const Arguments& arguments) {
  const SystemClock clock;
  SystemRng rng;
  const sigset_t end_signals = BlockEndSignals();
  SetUpProcess();
  absl::StatusOr<NodeSetup> setup = LoadNodeSetup(arguments.config, clock.Now());
  if (!setup.ok()) {
    std::fprintf(stderr, "%s\n", std::string(setup.status().message()).c_str());
    return 2;
  }
  if (arguments.check) {
    std::printf("%s: in order\n", arguments.config.c_str());
    return 0;
  }
  if (absl::Status status = exchange::RestrictOpenSslToTls13(); !status.ok()) {
    Log(Severity::kError, "not started", {{"detail", std::string(status.message())}});
    return 1;
  }
  const std::string agency = setup->config.agency();
  absl::StatusOr<std::unique_ptr<Node>> node = Node::Start(*std::move(setup), clock, rng);
  if (!node.ok()) {
    Log(Severity::kError, "not started", {{"detail", std::string(node.status().message())}});
    return 1;
  }
  Log(Severity::kInfo, "serving", {{"agency", agency}, {"address", (*node)->address()}, {"version", TAMGA_VERSION}});
  int signal = 0;
  sigwait(&end_signals, &signal);
  Log(Severity::kInfo, "draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  node->reset();
  Log(Severity::kInfo, "ended");
  return 0;
}

}  // namespace
}  // namespace tamga::node

int main(int argc, char** argv) {
  const tamga::node::Arguments arguments = tamga::node::ParseArguments(argc, argv);
  if (!arguments.valid) {
    std::fputs(tamga::node::kUsage, stderr);
    return 2;
  }
  if (arguments.version) {
    std::printf("tamga-node %s\n", TAMGA_VERSION);
    return 0;
  }
  return tamga::node::Run(arguments);
}
