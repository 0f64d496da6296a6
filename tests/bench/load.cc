// tamga-load: how many exchanges per second two nodes carry, beside a bare echo over the same two hops.
//
// An exchange is the whole path: an agency's client → its node → the partner's node and back, over mutual TLS; sealed
// and decided on both sides, four durable log entries, the reply verified. The echo sends as many bytes over two hops
// of mutual TLS. Each runs in processes of its own.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/generic/generic_stub.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/bench/echo.h"
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

// The echo servers live in child processes, as nodes do. The child writes its address into a pipe and waits to be
// killed.
struct EchoProcess {
  pid_t pid = -1;
  std::string address;
};

EchoProcess StartEcho(testing::Federation& federation, const std::string& agency, const std::string& upstream) {
  SystemRng rng;
  const SystemClock clock;
  const auto files = federation.authority(agency.substr(0, 3))
                         .Issue({agency, certs::Role::kNode, "echo"}, absl::Hours(1), clock.Now(), rng);
  int ends[2];
  if (!files.ok() || ::pipe(ends) != 0) std::abort();
  EchoProcess process;
  process.pid = ::fork();
  if (process.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const exchange::TlsIdentity identity{files->chain_pem, files->key_pem};
    std::shared_ptr<grpc::Channel> channel;
    if (!upstream.empty()) {
      channel = grpc::CreateChannel(upstream,
                                    exchange::MakeChannelCredentials(identity, federation.trust(), clock, kAnswerer));
    }
    const auto server = EchoServer::Start(identity, federation.trust(), clock, channel);
    if (!server.ok()) std::abort();
    const std::string line = (*server)->address() + "\n";
    if (::write(ends[1], line.data(), line.size()) < 0) std::abort();
    while (true) ::pause();
  }
  ::close(ends[1]);
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') process.address += c;
  ::close(ends[0]);
  return process;
}

class EchoCaller {
 public:
  EchoCaller(testing::Federation& federation, const std::string& address, size_t bytes) : payload_(bytes, 'x') {
    SystemRng rng;
    const SystemClock clock;
    const auto files =
        federation.authority("KAZ").Issue({kAsker, certs::Role::kSystem, "echo"}, absl::Hours(1), clock.Now(), rng);
    static const SystemClock channel_clock;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
        address,
        exchange::MakeChannelCredentials({files->chain_pem, files->key_pem}, federation.trust(), channel_clock, kAsker),
        arguments));
  }

  bool Call() {
    const grpc::Slice slice(payload_);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer reply;
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call = stub_->PrepareUnaryCall(&context, "/tamga.bench.Echo/Echo", request, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&reply, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok && status.ok();
  }

 private:
  const std::string payload_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

template <typename Caller>
Figures MeasureCallers(const Options& options, std::vector<std::unique_ptr<Caller>>& callers) {
  return Measure(static_cast<int>(callers.size()), options.seconds,
                 [&](int caller) { return callers[static_cast<size_t>(caller)]->Call(); });
}

ExitCode Run(const Options& options) {
  const std::string folder = RunFolder("tamga-load");
  auto federation = MakeTwoNodes(folder, options.nodes);
  if (!federation.ok()) {
    std::fprintf(stderr, "%s\n", federation.status().ToString().c_str());
    return kOther;
  }
  // Forked before gRPC starts threads in this process.
  const EchoProcess echo = StartEcho(**federation, kAnswerer, "");
  const EchoProcess relay = StartEcho(**federation, kAsker, echo.address);
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
      echo_callers.push_back(std::make_unique<EchoCaller>(**federation, relay.address, bytes));
      exchange_callers.push_back(std::make_unique<ExchangeCaller>(**federation, i));
    }
    const Figures bare = MeasureCallers(options, echo_callers);
    const Figures whole = MeasureCallers(options, exchange_callers);
    std::printf("%d callers, %zu bytes\n", count, bytes);
    std::printf("  echo, two hops  %s\n", Format(bare).c_str());
    std::printf("  exchange        %s\n", Format(whole).c_str());
    std::printf("  ratio           %.3f of the echo's rate\n", whole.calls_per_second / bare.calls_per_second);
  }
  ::kill(relay.pid, SIGKILL);
  ::kill(echo.pid, SIGKILL);
  ::waitpid(relay.pid, nullptr, 0);
  ::waitpid(echo.pid, nullptr, 0);
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
