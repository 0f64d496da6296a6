// tamga-authority: a State's issuing authority, from which nodes get and renew their certificates.
//
//   tamga-authority --config authority.txtpb           serves until SIGTERM
//   tamga-authority --config authority.txtpb --check   checks the configuration and everything that it names, and ends
//
// How it ends is in node/base/exit_code.h.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "node/authority/authority.h"
#include "node/authority/authority_config.h"
#include "node/base/clock.h"
#include "node/base/clock_watch.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "node/base/signals.h"
#include "node/exchange/tls.h"
#include "node/main/server_process.h"

namespace tamga::authority {
namespace {

struct Options {
  std::string config;
  bool check = false;
};

ExitCode NotStarted(const absl::Status& status, ExitCode code) {
  Log(Severity::kError, "not started", {{"reason", ReasonOf(status)}, {"detail", std::string(status.message())}});
  return code;
}

ExitCode Run(const Options& options) {
  const SystemClock clock;
  const SystemUptime uptime;
  SystemRng rng;
  const sigset_t end_signals = BlockSignals({SIGTERM, SIGINT});
  node::SetUpServerProcess();
  absl::StatusOr<AuthoritySetup> setup = LoadAuthoritySetup(options.config, clock.Now());
  if (!setup.ok()) {
    std::fprintf(stderr, "%s\n", std::string(setup.status().message()).c_str());
    return kUsage;
  }
  if (options.check) {
    std::printf("%s: in order\n", options.config.c_str());
    return kSuccess;
  }
  if (absl::Status status = exchange::RestrictOpenSslToTls13(); !status.ok()) return NotStarted(status, kOther);
  const std::string state = setup->config.state();
  absl::StatusOr<std::unique_ptr<Authority>> authority = Authority::Start(*std::move(setup), clock, uptime, rng);
  if (!authority.ok()) return NotStarted(authority.status(), kRefused);
  Log(Severity::kInfo, "serving", {{"state", state}, {"address", (*authority)->address()}, {"version", TAMGA_VERSION}});
  int signal = 0;
  sigwait(&end_signals, &signal);
  authority->reset();
  Log(Severity::kInfo, "ended");
  return kSuccess;
}

}  // namespace
}  // namespace tamga::authority

int main(int argc, char** argv) {
  tamga::authority::Options options;
  CLI::App program("A State's issuing authority. Serves until SIGTERM.", "tamga-authority");
  program.add_option("--config", options.config, "The configuration, such as authority.txtpb")->required();
  program.add_flag("--check", options.check, "Check the configuration and everything that it names, and end");
  program.set_version_flag("--version", "tamga-authority " TAMGA_VERSION);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::authority::Run(options);
}
