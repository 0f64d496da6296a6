// Calls made by several callers at the same time, and what they took.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tamga::bench {

struct Figures {
  double calls_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  long calls = 0;
  long failures = 0;
};

// `callers` threads call `call` (its argument is the caller's number; true if it succeeded) for `seconds`, after a
// warm-up of a fifth of that which does not count.
Figures Measure(int callers, double seconds, const std::function<bool(int)>& call);

// The same for callers that have a state of their own and Call().
template <typename Caller>
Figures MeasureCallers(double seconds, std::vector<std::unique_ptr<Caller>>& callers) {
  return Measure(static_cast<int>(callers.size()), seconds,
                 [&](int caller) { return callers[static_cast<size_t>(caller)]->Call(); });
}

// "1,234/s   p50 1.2 ms   p99 3.4 ms   (n calls, m failed)".
std::string Format(const Figures& figures);

// Time that fdatasync takes after a write of 4 KiB to a file in `folder`; 200 times.
Figures MeasureDiskSync(const std::string& folder);

}  // namespace tamga::bench
