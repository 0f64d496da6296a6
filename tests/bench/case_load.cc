// tamga-case-load: how many readmission cases two nodes carry in a second, beside a bare echo over the same two hops.
//
// A case is applied for by one side, and taken up and accepted by the other: three exchanges, each the whole path from
// an agency's client over its node to the partner's node and back, with four durable log entries and the case's own
// rows on both sides.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "node/base/program_options.h"
#include "tests/bench/case_walk.h"
#include "tests/bench/echo_load.h"
#include "tests/bench/measure.h"
#include "tests/bench/two_nodes.h"
#include "tests/federation/case_steps.h"
#include "tests/federation/federation.h"

namespace tamga::bench {
namespace {

constexpr char kRequesting[] = "KAZ/interior-ministry";
constexpr int kExchangesOfACase = 3;

struct Options {
  std::vector<int> callers = {1, 16, 64};
  double seconds = 10;
  NodeOptions nodes;
};

// One caller's ways to both nodes, with connections of its own.
class CaseCaller {
 public:
  CaseCaller(testing::Federation& federation, int number)
      : lines_(ConnectDesks(federation, kRequesting, kAnswerer, absl::StrCat("desk-", number))) {}

  bool Call() {
    grpc::ClientContext context;
    v1::SubmitReadmissionResponse submitted;
    const bool is_received = lines_[0].desk->SubmitReadmission(&context, request_, &submitted).ok() &&
                             submitted.case_().state() == v1::READMISSION_STATE_RECEIVED;
    return is_received && Answer(v1::READMISSION_STEP_KIND_VERIFY, submitted.case_()) &&
           Answer(v1::READMISSION_STEP_KIND_ACCEPT, submitted.case_());
  }

 private:
  bool Answer(v1::ReadmissionStepKind kind, const v1::ReadmissionCase& record) {
    grpc::ClientContext context;
    v1::ActOnReadmissionCaseResponse response;
    return lines_[1].desk->ActOnReadmissionCase(&context, testing::MakeAct(kind, record), &response).ok() &&
           response.exchange().delivery_state() == v1::DELIVERY_STATE_DELIVERED;
  }

  const DeskLines lines_;
  const v1::SubmitReadmissionRequest request_ = testing::MakeSubmission(kAnswerer, 1);
};

void MeasureBoth(testing::Federation& federation, const EchoPair& echo, int count, double seconds) {
  const size_t bytes = testing::MakeSubmission(kAnswerer, 1).ByteSizeLong();
  std::vector<std::unique_ptr<EchoCaller>> echo_callers;
  std::vector<std::unique_ptr<CaseCaller>> case_callers;
  for (int i = 0; i < count; ++i) {
    echo_callers.push_back(std::make_unique<EchoCaller>(federation, kRequesting, echo.address(), bytes));
    case_callers.push_back(std::make_unique<CaseCaller>(federation, i));
  }
  const Figures bare = MeasureCallers(seconds, echo_callers);
  const Figures cases = MeasureCallers(seconds, case_callers);
  std::printf("%d callers, %zu bytes\n", count, bytes);
  std::printf("  echo, two hops     %s\n", Format(bare).c_str());
  std::printf("  case, 3 exchanges  %s\n", Format(cases).c_str());
  std::printf("  ratio              %.3f of the echo's rate, counted in exchanges\n",
              kExchangesOfACase * cases.calls_per_second / bare.calls_per_second);
  std::fflush(stdout);
}

ExitCode Run(const Options& options) {
  const std::string folder = RunFolder("tamga-case-load");
  auto federation = MakeTwoNodes(folder, options.nodes, kRequesting);
  if (!federation.ok()) {
    std::fprintf(stderr, "%s\n", federation.status().ToString().c_str());
    return kOther;
  }
  const EchoPair echo(**federation, kRequesting, kAnswerer);
  if (const absl::Status started = (*federation)->StartAll(); !started.ok()) {
    std::fprintf(stderr, "%s\n", started.ToString().c_str());
    return kRefused;
  }
  std::printf("disk: fdatasync of 4 KiB  %s\n", Format(MeasureDiskSync(folder)).c_str());
  for (const int count : options.callers) MeasureBoth(**federation, echo, count, options.seconds);
  federation->reset();
  std::filesystem::remove_all(folder);
  return kSuccess;
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  CLI::App program("Measures how many readmission cases two nodes carry, beside a bare echo over the same two hops.",
                   "tamga-case-load");
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
