// rotation_load: exchanges between two nodes while the TLS and seal keys of both change again and again. Ends with 1 if
// any exchange fails.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/program_options.h"
#include "node/base/status_macros.h"
#include "tests/federation/federation.h"
#include "tests/federation/lanes.h"
#include "tests/federation/rotation.h"

namespace tamga::bench {
namespace {

constexpr char kAsker[] = "KAZ/border-service";
constexpr char kAnswerer[] = "KGZ/interior-ministry";

struct Options {
  long exchanges = 10'000;
  int rotations = 20;
  int lanes = 16;
  std::string node;
  std::string policy = "policy";
};

// Rotations are spread over the exchanges, as evenly as the nodes take them over.
absl::StatusOr<testing::LanesResult> Rotate(testing::Federation& federation, const Options& options) {
  testing::Rotation rotation(federation);
  testing::Lanes lanes(federation, kAsker, kAnswerer, options.lanes);
  const long step = options.exchanges / (options.rotations + 1);
  for (int i = 1; i <= options.rotations; ++i) {
    lanes.AwaitExchanges(i * step);
    for (const char* agency : {kAsker, kAnswerer}) RETURN_IF_ERROR(rotation.Renew(agency));
    for (const char* agency : {kAsker, kAnswerer}) RETURN_IF_ERROR(rotation.AwaitShown(agency));
  }
  lanes.AwaitExchanges(options.exchanges);
  return lanes.Stop();
}

ExitCode Run(const Options& options) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / absl::StrCat("rotation-load-", ::getpid())).string();
  auto federation = testing::Federation::Create(folder, {kAsker, kAnswerer}, options.node,
                                                std::filesystem::absolute(options.policy).string());
  absl::Status status = federation.status();
  if (status.ok()) status = (*federation)->StartAll();
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return kOther;
  }
  const absl::Time start = absl::Now();
  const absl::StatusOr<testing::LanesResult> result = Rotate(**federation, options);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  federation->reset();
  std::filesystem::remove_all(folder);
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
    return kOther;
  }
  std::printf("%ld exchanges, %ld failed, %d rotations of TLS and seal on both sides, %.1f s, %.0f exchanges/s\n",
              result->exchanges, result->failures, options.rotations, seconds,
              static_cast<double>(result->exchanges) / seconds);
  if (result->failures == 0) return kSuccess;
  std::printf("the first failure: %s\n", result->first_failure.c_str());
  return kRefused;
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  options.node = (std::filesystem::path(argv[0]).parent_path() / "tamga-node").string();
  CLI::App program("Exchanges between two nodes while the TLS and seal keys of both change again and again.",
                   "rotation_load");
  program.add_option("--exchanges", options.exchanges, "How many exchanges at least")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  program.add_option("--rotations", options.rotations, "How often keys change meanwhile")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  program.add_option("--lanes", options.lanes, "How many call at once")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  program.add_option("--node", options.node, "The node's program; if not given, the one beside this")
      ->check(CLI::ExistingFile);
  program.add_option("--policy", options.policy, "Folder of treaties and acts, which the States then sign")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  return tamga::bench::Run(options);
}
