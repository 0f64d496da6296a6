// tamga-gost: makes and verifies GOST R 34.10-2012 signatures for the node of the same user.
//
//   tamga-gost --socket gost.sock --key gost.key    signs and verifies until SIGTERM
//   tamga-gost --socket gost.sock                   verifies only
//
// How it ends is in node/base/exit_code.h.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "certs/wiper.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/private_memory.h"
#include "node/base/program_options.h"
#include "node/base/signals.h"
#include "node/base/status_macros.h"
#include "node/gost/gost_engine.h"
#include "node/gost/helper.h"

namespace tamga::gost {
namespace {

struct Options {
  std::string socket;
  std::string key;
};

absl::StatusOr<std::unique_ptr<GostSigner>> LoadKey(const std::string& path) {
  if (path.empty()) return std::unique_ptr<GostSigner>();
  ASSIGN_OR_RETURN(std::string pem, ReadSecretFile(path));
  const certs::Wiper wiper(pem);
  return GostSigner::FromPem(pem);
}

absl::StatusOr<std::unique_ptr<Helper>> Start(const Options& options) {
  RETURN_IF_ERROR(LoadGostEngine());
  ASSIGN_OR_RETURN(std::unique_ptr<GostSigner> key, LoadKey(options.key));
  const std::string key_id = key == nullptr ? "" : HexEncode(key->key_id());
  ASSIGN_OR_RETURN(std::unique_ptr<Helper> helper, Helper::Start(options.socket, std::move(key)));
  Log(Severity::kInfo, "serving", {{"socket", options.socket}, {"key", key_id}});
  return helper;
}

ExitCode Run(const Options& options) {
  const sigset_t signals = BlockSignals({SIGTERM, SIGINT});
  KeepMemoryPrivate();
  const absl::StatusOr<std::unique_ptr<Helper>> helper = Start(options);
  if (!helper.ok()) {
    std::fprintf(stderr, "%s\n", std::string(helper.status().message()).c_str());
    return kUsage;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  Log(Severity::kInfo, "ended");
  return kSuccess;
}

}  // namespace
}  // namespace tamga::gost

int main(int argc, char** argv) {
  tamga::gost::Options options;
  CLI::App program("Makes and verifies GOST R 34.10-2012 signatures for the node of the same user, until SIGTERM.",
                   "tamga-gost");
  program.add_option("--socket", options.socket, "Where it listens: the node's extra_seals.helper_socket")->required();
  program.add_option("--key", options.key,
                     "PEM file (PKCS#8), mode 0600, of the key to sign with; else it verifies only");
  program.set_version_flag("--version", "tamga-gost " TAMGA_VERSION);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::gost::Run(options);
}
