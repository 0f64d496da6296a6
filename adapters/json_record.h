// Records that agencies' systems hand over as JSON.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace tamga::adapters {

inline constexpr size_t kMaxJsonBytes = 1u << 20;

// Fills `record` from the protobuf JSON mapping of its type, at most kMaxJsonBytes of well-formed UTF-8 in good form
// (see CheckJsonForm). INVALID_FIELD naming the field that is unknown, has a value of the wrong kind or is there twice;
// values are never repeated in the message. On error the content of `record` is unspecified.
absl::Status ReadJson(absl::string_view json, google::protobuf::Message& record);

}  // namespace tamga::adapters
