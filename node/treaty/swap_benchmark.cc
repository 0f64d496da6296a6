// Whether deciders notice that the treaties change under them: two threads decide while a third swaps the library.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/treaty/current_treaties.h"
#include "node/treaty/test_treaties.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSwaps = 2000;
constexpr std::chrono::milliseconds kBetweenSwaps{1};
constexpr size_t kMostDecisions = 20'000'000;
constexpr int64_t kLongPause = 100'000;  // ns

tamga::treaty::TreatyLibrary Library() {
  std::vector<tamga::treaty::TestTreaty> treaties;
  for (const char* name : {"readmission-kaz-kgz.txtpb", "refugee-1951-1967.txtpb", "palermo-tip-2000.txtpb"}) {
    treaties.push_back({tamga::ReadFile(absl::StrCat(TAMGA_SOURCE_DIR, "/policy/treaties/", name)).value()});
  }
  return tamga::treaty::RatifiedLibrary(treaties);
}

void Report(const char* what, std::vector<int64_t> nanoseconds) {
  std::sort(nanoseconds.begin(), nanoseconds.end());
  const auto at = [&](double share) {
    return static_cast<double>(nanoseconds[static_cast<size_t>(share * static_cast<double>(nanoseconds.size() - 1))]) /
           1000.0;
  };
  const auto long_ones = nanoseconds.end() - std::upper_bound(nanoseconds.begin(), nanoseconds.end(), kLongPause);
  std::printf("  %-7s n=%zu p50=%.2f us p99=%.2f us p99.9=%.2f us max=%.2f us, %td over 100 us\n", what,
              nanoseconds.size(), at(0.5), at(0.99), at(0.999), at(1), long_ones);
}

// What two threads see that decide for a while, with or without swaps beside them.
void Measure(const std::vector<tamga::treaty::TreatyLibrary>& libraries, bool swapping) {
  tamga::treaty::CurrentTreaties current(libraries[0]);
  tamga::policy::Question question;
  question.asker = "KAZ/interior-ministry";
  question.answerer = "KGZ/interior-ministry";
  question.record_kind = tamga::v1::RECORD_KIND_READMISSION;
  question.operation = tamga::v1::OPERATION_READMISSION_SUBMIT;
  question.purpose = tamga::v1::PURPOSE_READMISSION;
  question.dischargeable = tamga::policy::kAllObligationTypes;
  const absl::Time now = absl::FromUnixSeconds(1'795'000'000);
  std::atomic<bool> done = false;
  std::vector<std::vector<int64_t>> pauses(2);
  std::vector<std::thread> deciders;
  for (std::vector<int64_t>& own : pauses) {
    own.reserve(kMostDecisions);
    deciders.emplace_back([&current, &question, &done, &own, now] {
      while (!done && own.size() < kMostDecisions) {
        const Clock::time_point start = Clock::now();
        const auto library = current.Get();
        (void)library->set->Judge(question, tamga::policy::Stage::kRequestIngress, now);
        own.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
      }
    });
  }
  // How long deciders could be kept out: the time for which a swap holds the lock.
  std::vector<int64_t> swaps;
  for (int i = 0; i < kSwaps; ++i) {
    std::this_thread::sleep_for(kBetweenSwaps);
    if (!swapping) continue;
    tamga::treaty::TreatyLibrary next = libraries[static_cast<size_t>(i % 2)];
    const Clock::time_point start = Clock::now();
    current.Replace(std::move(next));
    swaps.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
  }
  done = true;
  for (std::thread& decider : deciders) decider.join();
  std::printf(swapping ? "with swaps:\n" : "without swaps:\n");
  for (std::vector<int64_t>& own : pauses) Report("decide", std::move(own));
  if (swapping) Report("swap", std::move(swaps));
}

}  // namespace

int main() {
  const std::vector<tamga::treaty::TreatyLibrary> libraries{Library(), Library()};
  Measure(libraries, false);
  Measure(libraries, true);
  return 0;
}
