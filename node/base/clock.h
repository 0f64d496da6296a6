// Time as an argument: the wall clock for what is written down, a monotonic one for how long something took.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace tamga {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time, UTC.
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// A clock that stands still until it is told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start);
  absl::Time Now() const override;
  void Advance(absl::Duration step);
  void Set(absl::Time now);

 private:
  std::atomic<int64_t> nanos_;
};

// Between absl::Time and the protobuf form, to the nanosecond.
google::protobuf::Timestamp ToProto(absl::Time time);
absl::Time FromProto(const google::protobuf::Timestamp& timestamp);

// "2026-11-23T15:04:05.123Z", UTC.
std::string UtcText(absl::Time time);

}  // namespace tamga
