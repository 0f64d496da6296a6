#include "node/base/clock_watch.h"

#include <time.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga {
namespace {

// After this time the wall clock is the measure again, with whatever corrections it got. So even a clock that is wrong
// by nearly the tolerance, time after time, gains no more than the tolerance an hour.
constexpr absl::Duration kMeasureLife = absl::Hours(1);
// Two clocks cannot be read at once. Readings further apart than this are read again.
constexpr absl::Duration kApart = absl::Milliseconds(100);

}  // namespace

absl::Duration SystemUptime::SinceBoot() const {
  timespec time = {};
  TAMGA_CHECK(::clock_gettime(CLOCK_BOOTTIME, &time) == 0);
  return absl::DurationFromTimespec(time);
}

absl::Duration ManualUptime::SinceBoot() const { return absl::Nanoseconds(nanos_.load()); }

void ManualUptime::Advance(absl::Duration step) { nanos_ += absl::ToInt64Nanoseconds(step); }

ClockWatch::ClockWatch(const Clock& wall, const Uptime& uptime, absl::Duration tolerance)
    : wall_(wall), uptime_(uptime), tolerance_(tolerance), ahead_(tolerance) {
  const Reading now = Read();
  MutexLock lock(mutex_);
  Believe(now.wall, now.uptime);
}

absl::Time ClockWatch::Now() const {
  MutexLock lock(mutex_);
  return Look();
}

absl::Status ClockWatch::Check() const {
  MutexLock lock(mutex_);
  Look();
  if (!jumped_) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "CLOCK_JUMPED",
               "the clock of this node's machine has jumped; its operator must set it right, or accept it");
}

void ClockWatch::Expect(absl::Time time, absl::Duration ahead) {
  const Reading now = Read();
  MutexLock lock(mutex_);
  Believe(time, now.uptime);
  ahead_ = std::max(ahead, tolerance_);
  Look();
}

void ClockWatch::Hold(absl::Time time) {
  const Reading now = Read();
  MutexLock lock(mutex_);
  Believe(time, now.uptime);
  until_accepted_ = true;
  Look();
}

void ClockWatch::Accept() {
  const Reading now = Read();
  MutexLock lock(mutex_);
  Believe(now.wall, now.uptime);
  until_accepted_ = false;
  jumped_ = false;
}

ClockWatch::Reading ClockWatch::Read() const {
  absl::Duration before;
  Reading reading;
  do {
    before = uptime_.SinceBoot();
    reading.wall = wall_.Now();
    reading.uptime = uptime_.SinceBoot();
  } while (reading.uptime - before > kApart);
  return reading;
}

absl::Time ClockWatch::Look() const {
  const Reading now = Read();
  const absl::Time expected = time_ + (now.uptime - uptime_then_);
  const absl::Duration step = now.wall - expected;
  if (until_accepted_ || step < -tolerance_ || step > ahead_) {
    if (!jumped_) {
      Log(Severity::kError, "clock jumped",
          {{"reason", "CLOCK_JUMPED"}, {"clock", UtcText(now.wall)}, {"expected", UtcText(expected)}});
    }
    jumped_ = true;
    return expected;
  }
  if (jumped_) Log(Severity::kWarning, "clock in step again", {{"clock", UtcText(now.wall)}});
  const bool renew = jumped_ || ahead_ != tolerance_ || now.uptime - uptime_then_ >= kMeasureLife;
  jumped_ = false;
  if (renew) Believe(now.wall, now.uptime);
  return now.wall;
}

void ClockWatch::Believe(absl::Time time, absl::Duration uptime) const {
  time_ = time;
  uptime_then_ = uptime;
  ahead_ = tolerance_;
}

}  // namespace tamga
