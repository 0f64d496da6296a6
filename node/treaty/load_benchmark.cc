// How long it takes to load one treaty: read its file and its parties' registers, verify every act, prove its
// invariants and look for faults in its rules, fold the acts, and index the law between all pairs of States.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/file.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty/treaty_library.h"

namespace tamga::treaty {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kRounds = 100;
constexpr char kPolicy[] = TAMGA_SOURCE_DIR "/policy";

void Measure(const std::string& file, const std::vector<std::string>& states) {
  std::string folder = std::filesystem::temp_directory_path() / "load_benchmark-XXXXXX";
  TAMGA_CHECK(::mkdtemp(folder.data()) != nullptr);
  TAMGA_CHECK(SignRepositoryTreaties(kPolicy, folder, states, {file}).ok());
  std::vector<int64_t> microseconds;
  for (int round = 0; round < kRounds; ++round) {
    const SteadyClock::time_point start = SteadyClock::now();
    absl::StatusOr<TreatySources> sources = ReadTreatyFolder(folder);
    TAMGA_CHECK(sources.ok());
    TAMGA_CHECK(BuildLibrary(*std::move(sources), TestOffices(states), absl::Minutes(2), "").ok());
    microseconds.push_back(std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start).count());
  }
  std::filesystem::remove_all(folder);
  std::sort(microseconds.begin(), microseconds.end());
  const auto at = [&](size_t percent) {
    return static_cast<double>(microseconds[microseconds.size() * percent / 100]) / 1000.0;
  };
  std::printf("%-32s n=%d p50=%.1f ms p99=%.1f ms\n", file.c_str(), kRounds, at(50), at(99));
}

}  // namespace
}  // namespace tamga::treaty

int main() {
  tamga::treaty::Measure("readmission-kaz-kgz.txtpb", {"KAZ", "KGZ"});
  tamga::treaty::Measure("palermo-tip-2000.txtpb", {"KAZ", "KGZ", "RUS", "TJK", "TKM", "UZB"});
}
