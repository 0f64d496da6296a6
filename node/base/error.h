// Errors with a machine-readable reason. A reason is a stable code such as "NO_GRANT"; it travels as
// google.rpc.ErrorInfo with domain "tamga". Messages name the field and the fix, and never hold personal data.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga {

// A status whose reason (and optional particulars) survive the way across gRPC.
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const std::map<std::string, std::string>& metadata = {});

// InvalidArgument, reason "INVALID_FIELD", metadata {"field": field}; the message is "field: what".
absl::Status InvalidField(absl::string_view field, absl::string_view what);

// The reason, or "" if the status has none.
std::string ReasonOf(const absl::Status& status);
// The particulars; empty if there are none.
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

// The status with `prefix` and ": " before its message, reason kept.
absl::Status Annotate(const absl::Status& status, absl::string_view prefix);

}  // namespace tamga
