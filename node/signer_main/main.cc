// tamga-signer: the key of a node's seal, in a process that reads nothing from the network.
//
//   tamga-signer --config signer.txtpb           signs until SIGTERM
//   tamga-signer --config signer.txtpb --check   checks the configuration and the key, and ends
//
// How it ends is in node/base/exit_code.h.
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/log.h"
#include "node/base/private_memory.h"
#include "node/base/program_options.h"
#include "node/base/signals.h"
#include "node/base/status_macros.h"
#include "node/base/unix_socket.h"
#include "node/signer/signer_server.h"
#include "node/signer_main/signer_config.h"

namespace tamga::signer {
namespace {

struct Options {
  std::string config;
  bool check = false;
};

absl::StatusOr<Descriptor> Listening(const std::string& path) {
  ASSIGN_OR_RETURN(Descriptor passed, PassedSocket());
  if (passed.get() >= 0) return passed;
  return ListenAt(path);
}

ExitCode Run(const Options& options) {
  const SystemClock clock;
  const sigset_t end_signals = BlockSignals({SIGTERM, SIGINT});
  KeepMemoryPrivate();
  absl::StatusOr<SignerSetup> setup = LoadSignerSetup(options.config);
  if (!setup.ok()) {
    std::fprintf(stderr, "%s\n", std::string(setup.status().message()).c_str());
    return kUsage;
  }
  if (options.check) {
    std::printf("%s: in order\n", options.config.c_str());
    return kSuccess;
  }
  absl::StatusOr<Descriptor> listening = Listening(setup->config.socket());
  if (!listening.ok()) {
    Log(Severity::kError, "not started", {{"detail", listening.status().message()}});
    return kRefused;
  }
  {
    const SignerServer server(*std::move(listening), *setup->key, setup->rules, clock);
    Log(Severity::kInfo, "signing", {{"key", HexEncode(setup->key->key_id())}, {"version", TAMGA_VERSION}});
    int signal = 0;
    sigwait(&end_signals, &signal);
  }
  Log(Severity::kInfo, "ended");
  return kSuccess;
}

}  // namespace
}  // namespace tamga::signer

int main(int argc, char** argv) {
  tamga::signer::Options options;
  CLI::App program("The key of a node's seal, in a process of its own. Signs until SIGTERM.", "tamga-signer");
  program.add_option("--config", options.config, "The configuration, such as signer.txtpb")->required();
  program.add_flag("--check", options.check, "Check the configuration and the key, and end");
  program.set_version_flag("--version", "tamga-signer " TAMGA_VERSION);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::signer::Run(options);
}
