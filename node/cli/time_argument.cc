#include "node/cli/time_argument.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "policy/day.h"

namespace tamga::cli {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

std::optional<absl::Duration> ReadDuration(absl::string_view text) {
  absl::Duration duration;
  if (int days = 0; absl::ConsumeSuffix(&text, "d")) {
    if (!absl::SimpleAtoi(text, &days)) return std::nullopt;
    return days * kDay;
  }
  if (!absl::ParseDuration(text, &duration)) return std::nullopt;
  return duration;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDurationArgument(absl::string_view text) {
  const std::optional<absl::Duration> duration = ReadDuration(text);
  if (!duration.has_value() || *duration <= absl::ZeroDuration() || *duration > 36525 * kDay) {
    return absl::InvalidArgumentError("must be a duration such as 90s, 10m, 12h or 7d");
  }
  return *duration;
}

absl::StatusOr<absl::Time> ParseTimeArgument(absl::string_view text, absl::Time now) {
  if (const auto duration = ParseDurationArgument(text); duration.ok()) return now - *duration;
  if (const std::optional<absl::Time> day = policy::ParseDay(text); day.has_value()) return *day;
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(
      "must be a duration back from now (10m, 7d), a day (2026-11-23) or a time (2026-11-23T15:04:05Z)");
}

absl::StatusOr<google::protobuf::Timestamp> ReadTimeOption(absl::string_view option, absl::string_view text,
                                                           absl::Time now) {
  const absl::StatusOr<absl::Time> time = ParseTimeArgument(text, now);
  if (!time.ok()) return InvalidField(option, time.status().message());
  return ToProto(*time);
}

}  // namespace tamga::cli
