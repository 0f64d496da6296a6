// Calls made by several callers at the same time, and what they took.
#pragma once

#include <functional>
#include <string>

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

// "1,234/s   p50 1.2 ms   p99 3.4 ms   (n calls, m failed)".
std::string Format(const Figures& figures);

// Time that fdatasync takes after a write of 4 KiB to a file in `folder`; 200 times.
Figures MeasureDiskSync(const std::string& folder);

}  // namespace tamga::bench
