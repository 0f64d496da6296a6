// Notices that the wall clock jumps. What is due at a time, such as erasing, cannot be undone: a clock that is wrong
// must not bring it about.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga {

// How long the machine has been running, suspended or not: nobody can set it. Thread-safe.
class Uptime {
 public:
  virtual ~Uptime() = default;
  virtual absl::Duration SinceBoot() const = 0;
};

// CLOCK_BOOTTIME.
class SystemUptime final : public Uptime {
 public:
  absl::Duration SinceBoot() const override;
};

// Stands still until it is told to move.
class ManualUptime final : public Uptime {
 public:
  absl::Duration SinceBoot() const override;
  void Advance(absl::Duration step);

 private:
  std::atomic<int64_t> nanos_ = 0;
};

// The wall clock, unless it jumps: then the time goes on from before the jump, until the wall clock is back in step or
// is accepted. A step of up to the tolerance, or several of that sum within an hour, is a correction and no jump.
// Thread-safe.
class ClockWatch final : public Clock {
 public:
  // `wall` and `uptime` outlive this. What `wall` says now is believed.
  ClockWatch(const Clock& wall, const Uptime& uptime, absl::Duration tolerance);

  // The time believed.
  absl::Time Now() const override;
  // Unavailable (CLOCK_JUMPED) while the wall clock is not believed.
  absl::Status Check() const;

  // Believes that it is `time`, or up to `ahead` later if the wall clock says so: what is known from elsewhere, such as
  // from before a restart.
  void Expect(absl::Time time, absl::Duration ahead);
  // Believes that it is `time`, and never the wall clock before it is accepted.
  void Hold(absl::Time time);
  // Believes the wall clock as it is now.
  void Accept();

 private:
  struct Reading {
    absl::Time wall;
    absl::Duration uptime;
  };
  Reading Read() const;
  // The time believed now, after a look at the clocks.
  absl::Time Look() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Believe(absl::Time time, absl::Duration uptime) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& wall_;
  const Uptime& uptime_;
  const absl::Duration tolerance_;
  mutable Mutex mutex_;
  // It was `time_` at `uptime_then_`.
  mutable absl::Time time_ ABSL_GUARDED_BY(mutex_);
  mutable absl::Duration uptime_then_ ABSL_GUARDED_BY(mutex_);
  mutable absl::Duration ahead_ ABSL_GUARDED_BY(mutex_);
  mutable bool jumped_ ABSL_GUARDED_BY(mutex_) = false;
  bool until_accepted_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tamga
