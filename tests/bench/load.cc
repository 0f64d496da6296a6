// tamga-load: how many exchanges per second two nodes carry, beside a bare echo over the same two hops.
//
// An exchange is the whole path: an agency's client → its node → the partner's node and back, over mutual TLS; sealed
// and decided on both sides, four durable log entries, the reply verified. The echo sends as many bytes over two hops
// of mutual TLS. Each runs in processes of its own.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/program_options.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/bench/echo_load.h"
#include "tests/bench/measure.h"
#include "tests/bench/two_nodes.h"
#include "tests/federation/federation.h"
#include "tests/federation/lanes.h"

namespace tamga::bench {
namespace {

struct Options {
  std::vector<int> callers = {1, 16, 64};
  double seconds = 10;
  NodeOptions nodes;
};

// One caller's way to the node: a connection of its own, as separate lanes have.
class ExchangeCaller {
 public:
  ExchangeCaller(testing::Federation& federation, int number)
      : stub_(v1::WatchlistService::NewStub(
            federation.Connect({kAsker, certs::Role::kSystem, absl::StrCat("lane-", number)}, kAsker))) {}

  bool Call() {
    grpc::ClientContext context;
    v1::CheckTravellerResponse response;
    return stub_->CheckTraveller(&context, request_, &response).ok() && response.sources_size() == 2 &&
           response.sources(1).status() == v1::SOURCE_STATUS_NO_HIT;
  }

 private:
  const std::unique_ptr<v1::WatchlistService::Stub> stub_;
  const v1::CheckTravellerRequest request_ = testing::LaneRequest(kAnswerer);
};

ExitCode Run(const Options& options) {
  const std::string folder = RunFolder("tamga-load");
  auto federation = MakeTwoNodes(folder, options.nodes);
  if (!federation.ok()) {
    std::fprintf(stderr, "%s\n", federation.status().ToString().c_str());
    return kOther;
  }
  const EchoPair echo(**federation, kAsker, kAnswerer);
  if (const absl::Status started = (*federation)->StartAll(); !started.ok()) {
    std::fprintf(stderr, "%s\n", started.ToString().c_str());
    return kRefused;
  }
  std::printf("disk: fdatasync of 4 KiB  %s\n", Format(MeasureDiskSync(folder)).c_str());
  const size_t bytes = testing::LaneRequest(kAnswerer).ByteSizeLong();
  for (const int count : options.callers) {
    std::vector<std::unique_ptr<EchoCaller>> echo_callers;
    std::vector<std::unique_ptr<ExchangeCaller>> exchange_callers;
    for (int i = 0; i < count; ++i) {
      echo_callers.push_back(std::make_unique<EchoCaller>(**federation, kAsker, echo.address(), bytes));
      exchange_callers.push_back(std::make_unique<ExchangeCaller>(**federation, i));
    }
    const Figures bare = MeasureCallers(options.seconds, echo_callers);
    const Figures whole = MeasureCallers(options.seconds, exchange_callers);
    std::printf("%d callers, %zu bytes\n", count, bytes);
    std::printf("  echo, two hops  %s\n", Format(bare).c_str());
    std::printf("  exchange        %s\n", Format(whole).c_str());
    std::printf("  ratio           %.3f of the echo's rate\n", whole.calls_per_second / bare.calls_per_second);
  }
  federation->reset();
  std::filesystem::remove_all(folder);
  return kSuccess;
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  CLI::App program("Measures how many exchanges per second two nodes carry, beside a bare echo over the same two hops.",
                   "tamga-load");
  program.add_option("--callers", options.callers, "How many call at once; each number given is measured by itself")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  program.add_option("--seconds", options.seconds, "How long each measurement lasts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  tamga::bench::AddNodeOptions(program, argv[0], options.nodes);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::bench::Run(options);
}
