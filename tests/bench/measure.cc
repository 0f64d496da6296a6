#include "tests/bench/measure.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"

namespace tamga::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double Milliseconds(SteadyClock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

double Percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

Figures Summarise(std::vector<double> latencies, double seconds, long failures) {
  std::sort(latencies.begin(), latencies.end());
  Figures figures;
  figures.calls = static_cast<long>(latencies.size());
  figures.failures = failures;
  figures.calls_per_second = static_cast<double>(latencies.size()) / seconds;
  figures.p50_ms = Percentile(latencies, 0.50);
  figures.p99_ms = Percentile(latencies, 0.99);
  return figures;
}

}  // namespace

Figures Measure(int callers, double seconds, const std::function<bool(int)>& call) {
  const auto begin = SteadyClock::now();
  const auto count_from =
      begin + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds / 5));
  const auto end =
      count_from + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  std::atomic<long> failures{0};
  std::vector<std::vector<double>> latencies(static_cast<size_t>(callers));
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      while (true) {
        const auto started = SteadyClock::now();
        if (started >= end) return;
        const bool succeeded = call(caller);
        if (started < count_from) continue;
        if (!succeeded) ++failures;
        latencies[static_cast<size_t>(caller)].push_back(Milliseconds(SteadyClock::now() - started));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const std::vector<double>& some : latencies) all.insert(all.end(), some.begin(), some.end());
  return Summarise(std::move(all), seconds, failures);
}

std::string Format(const Figures& figures) {
  return absl::StrFormat("%8.0f/s   p50 %7.2f ms   p99 %7.2f ms   (%d calls, %d failed)", figures.calls_per_second,
                         figures.p50_ms, figures.p99_ms, figures.calls, figures.failures);
}

Figures MeasureDiskSync(const std::string& folder) {
  const std::string path = folder + "/sync-probe";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::vector<char> block(4096, 'x');
  std::vector<double> latencies;
  const auto begin = SteadyClock::now();
  for (int i = 0; i < 200 && fd >= 0; ++i) {
    const auto started = SteadyClock::now();
    if (::write(fd, block.data(), block.size()) < 0 || ::fdatasync(fd) != 0) break;
    latencies.push_back(Milliseconds(SteadyClock::now() - started));
  }
  const double seconds = Milliseconds(SteadyClock::now() - begin) / 1000;
  ::close(fd);
  ::unlink(path.c_str());
  return Summarise(std::move(latencies), seconds, 0);
}

}  // namespace tamga::bench
