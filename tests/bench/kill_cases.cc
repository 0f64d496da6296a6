// tamga-kill-cases: readmission cases go through their lives between two nodes of which now the one and now the other
// is killed (SIGKILL) in the middle of whatever it does, and started again. In the end every acknowledged action must
// be there once on both sides, histories and clocks equal, and both logs must verify. Ends with 1 if anything differs.
//
// The seed decides what is done in each case and when a node is killed; which instruction a kill meets, the machine
// does.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/mutex.h"
#include "node/base/program_options.h"
#include "node/base/status_macros.h"
#include "tests/bench/case_audit.h"
#include "tests/bench/case_walk.h"
#include "tests/bench/two_nodes.h"
#include "tests/federation/federation.h"

namespace tamga::bench {
namespace {

constexpr char kRequesting[] = "KAZ/interior-ministry";
constexpr size_t kDifferencesShown = 20;
constexpr absl::Duration kDeliveryPatience = absl::Minutes(10);
// Short, so that a caller does not wait long for a node that is away.
constexpr uint32_t kPartnerTimeoutMs = 2000;

struct Options {
  int cases = 1000;
  uint64_t seed = std::random_device()();
  double kills_every = 3;
  int workers = 6;
  std::string folder;
  NodeOptions nodes;
};

// Cases that several workers walk through, each at one at a time.
class Walkers {
 public:
  Walkers(testing::Federation& federation, const Options& options) : options_(options) {
    for (int i = 0; i < options.workers; ++i) {
      lines_.push_back(ConnectDesks(federation, kRequesting, kAnswerer, absl::StrCat("worker-", i)));
    }
    for (int i = 0; i < options.workers; ++i) {
      threads_.emplace_back([this, i] { Work(lines_[static_cast<size_t>(i)]); });
    }
  }
  ~Walkers() {
    next_ = options_.cases;
    for (std::thread& thread : threads_) thread.join();
  }
  Walkers(const Walkers&) = delete;
  Walkers& operator=(const Walkers&) = delete;

  // Returns after `time` at the latest: true if all have ended their work.
  bool Await(absl::Duration time) {
    const absl::Time end = absl::Now() + time;
    const MutexLock lock(mutex_);
    while (ended_ < options_.workers && absl::Now() < end) {
      changed_.WaitFor(mutex_, absl::ToChronoMilliseconds(end - absl::Now()) + std::chrono::milliseconds(1));
    }
    return ended_ == options_.workers;
  }

  const WalkFigures& figures() const { return figures_; }
  std::vector<WalkedCase> walked() const {
    const MutexLock lock(mutex_);
    return walked_;
  }
  // What a node said that it should not have.
  std::vector<std::string> failures() const {
    const MutexLock lock(mutex_);
    return failures_;
  }

 private:
  void Work(const DeskLines& lines) {
    for (int number = next_++; number < options_.cases; number = next_++) {
      absl::StatusOr<WalkedCase> walked = CaseWalk(lines, options_.seed, number, figures_).Walk();
      const MutexLock lock(mutex_);
      if (walked.ok()) {
        walked_.push_back(*std::move(walked));
      } else {
        // Its actions are not known, so that nothing can be compared any more.
        failures_.push_back(absl::StrCat("case ", number, ": ", walked.status().ToString()));
        next_ = options_.cases;
      }
    }
    const MutexLock lock(mutex_);
    ++ended_;
    changed_.NotifyAll();
  }

  const Options& options_;
  std::vector<DeskLines> lines_;
  std::atomic<int> next_ = 0;
  WalkFigures figures_;
  mutable Mutex mutex_;
  CondVar changed_;
  int ended_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<WalkedCase> walked_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

// Nodes die with the thread that started them, so this is the main thread's to do.
class Killer {
 public:
  Killer(testing::Federation& federation, const Options& options)
      : federation_(federation), options_(options), dice_(options.seed) {}

  // Kills until the work is done.
  absl::Status KillWhile(Walkers& walkers) {
    while (!walkers.Await(Between(0.3, 1.7))) {
      const std::vector<const char*> victims = Victims();
      for (const char* agency : victims) Kill(agency);
      walkers.Await(Between(0, 0.6));  // a while without it
      for (const char* agency : victims) RETURN_IF_ERROR(Start(agency));
    }
    return absl::OkStatus();
  }
  // Both at once: what is to be found afterwards is what the disks hold.
  absl::Status KillBoth() {
    for (const char* agency : {kRequesting, kAnswerer}) Kill(agency);
    for (const char* agency : {kRequesting, kAnswerer}) RETURN_IF_ERROR(Start(agency));
    return absl::OkStatus();
  }

  int kills() const { return kills_; }

 private:
  // So many times --kills-every.
  absl::Duration Between(double least, double most) {
    const double share = static_cast<double>(dice_() % 1000) / 1000;
    return absl::Seconds(options_.kills_every * (least + share * (most - least)));
  }
  std::vector<const char*> Victims() {
    switch (dice_() % 5) {
      case 0:
        return {kRequesting, kAnswerer};
      case 1:
      case 2:
        return {kRequesting};
      default:
        return {kAnswerer};
    }
  }
  void Kill(const char* agency) {
    federation_.node(agency).Kill();
    ++kills_;
  }
  absl::Status Start(const char* agency) {
    RETURN_IF_ERROR(federation_.node(agency).Start());
    return federation_.WaitUntilServing(agency);
  }

  testing::Federation& federation_;
  const Options& options_;
  std::mt19937_64 dice_;
  int kills_ = 0;
};

absl::StatusOr<std::unique_ptr<testing::Federation>> StartNodes(const std::string& folder, const NodeOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<testing::Federation> federation, MakeTwoNodes(folder, options, kRequesting));
  for (const char* agency : {kRequesting, kAnswerer}) {
    v1::NodeConfig config = federation->config(agency);
    config.mutable_limits()->set_partner_timeout_ms(kPartnerTimeoutMs);
    RETURN_IF_ERROR(federation->Reconfigure(agency, std::move(config)));
  }
  RETURN_IF_ERROR(federation->StartAll());
  return federation;
}

void PrintFigures(const WalkFigures& figures, size_t cases, int kills, double seconds) {
  std::printf("%zu cases, %ld actions acknowledged (%ld of them queued, %ld overtaken), %ld refused\n", cases,
              figures.actions.load(), figures.queued.load(), figures.overtaken.load(), figures.refused.load());
  std::printf("%d kills, %ld calls repeated, %.1f s\n", kills, figures.repeated.load(), seconds);
}

// What differs; an error if it could not come to that.
absl::StatusOr<std::vector<std::string>> KillCases(testing::Federation& federation, const Options& options) {
  Killer killer(federation, options);
  const absl::Time begin = absl::Now();
  std::vector<WalkedCase> cases;
  {
    Walkers walkers(federation, options);
    RETURN_IF_ERROR(killer.KillWhile(walkers));
    RETURN_IF_ERROR(killer.KillBoth());
    cases = walkers.walked();
    PrintFigures(walkers.figures(), cases.size(), killer.kills(), absl::ToDoubleSeconds(absl::Now() - begin));
    std::vector<std::string> failures = walkers.failures();
    if (!failures.empty()) return failures;
  }
  std::fflush(stdout);
  RETURN_IF_ERROR(AwaitDelivery(federation, {kRequesting, kAnswerer}, kDeliveryPatience));
  const DeskLines lines = ConnectDesks(federation, kRequesting, kAnswerer, "audit");
  return FindDifferences(federation, lines, cases);
}

ExitCode Run(const Options& options) {
  const std::string folder = options.folder.empty() ? RunFolder("tamga-kill-cases") : options.folder;
  std::printf("seed %llu, nodes in %s\n", static_cast<unsigned long long>(options.seed), folder.c_str());
  std::fflush(stdout);
  auto federation = StartNodes(folder, options.nodes);
  if (!federation.ok()) {
    std::fprintf(stderr, "%s\n", federation.status().ToString().c_str());
    return kOther;
  }
  const absl::StatusOr<std::vector<std::string>> differences = KillCases(**federation, options);
  federation->reset();
  if (!differences.ok()) {
    std::fprintf(stderr, "%s\n", differences.status().ToString().c_str());
    return kOther;
  }
  if (!differences->empty()) {
    std::printf("%zu differences; the nodes' files stay where they are\n", differences->size());
    for (size_t i = 0; i < differences->size() && i < kDifferencesShown; ++i) {
      std::printf("  %s\n", (*differences)[i].c_str());
    }
    return kRefused;
  }
  std::printf("every acknowledged action is there once on both sides; histories and clocks equal; both logs verify\n");
  if (options.folder.empty()) std::filesystem::remove_all(folder);
  return kSuccess;
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  CLI::App program("Takes readmission cases through their lives between two nodes that are killed meanwhile.",
                   "tamga-kill-cases");
  program.add_option("--cases", options.cases, "How many cases")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  program.add_option("--seed", options.seed, "Decides steps and kills; if not given, another each time, and printed");
  program.add_option("--kills-every", options.kills_every, "A node is killed after so many seconds on average")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  program.add_option("--workers", options.workers, "How many cases are worked on at once")
      ->check(CLI::Range(1, 8))  // calls of one agency that a node serves at once
      ->capture_default_str();
  program.add_option("--folder", options.folder, "New folder for the nodes' files; if not given, a temporary one")
      ->check(CLI::NonexistentPath);
  tamga::bench::AddNodeOptions(program, argv[0], options.nodes);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::bench::Run(options);
}
