#include "node/base/clock.h"

#include "absl/time/clock.h"

namespace tamga {

absl::Time SystemClock::Now() const { return absl::Now(); }

ManualClock::ManualClock(absl::Time start) : nanos_(absl::ToUnixNanos(start)) {}

absl::Time ManualClock::Now() const { return absl::FromUnixNanos(nanos_.load()); }

void ManualClock::Advance(absl::Duration step) { nanos_ += absl::ToInt64Nanoseconds(step); }

void ManualClock::Set(absl::Time now) { nanos_ = absl::ToUnixNanos(now); }

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return timestamp;
}

absl::Time FromProto(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string UtcText(absl::Time time) { return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone()); }

}  // namespace tamga
