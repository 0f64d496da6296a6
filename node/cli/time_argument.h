// Times as people type them.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace tamga::cli {

// "90s", "10m", "1h30m", "7d". InvalidArgument for anything else, and unless it is positive and at most 100 years.
absl::StatusOr<absl::Duration> ParseDurationArgument(absl::string_view text);

// "10m" means 10 minutes before `now`; otherwise RFC 3339 ("2026-11-23T15:04:05Z") or a day ("2026-11-23", its first
// instant in UTC). InvalidArgument for anything else.
absl::StatusOr<absl::Time> ParseTimeArgument(absl::string_view text, absl::Time now);

// ParseTimeArgument for the wire; INVALID_FIELD naming the option.
absl::StatusOr<google::protobuf::Timestamp> ReadTimeOption(absl::string_view option, absl::string_view text,
                                                           absl::Time now);

}  // namespace tamga::cli
