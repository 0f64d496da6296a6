// The form of a JSON text, which protobuf's own reader is lax about: of a key that stands there twice it takes the
// last, and it reads text that is not quite JSON.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace tamga::adapters {

inline constexpr size_t kMaxJsonDepth = 32;  // objects and arrays inside each other

// OK for one JSON object (RFC 8259), at most kMaxJsonDepth deep, in which no object has a key twice. Two keys that name
// the same field of `record`, one by its JSON name and one by its own, count as the same. INVALID_FIELD with the key's
// path otherwise, or with "json" where the text as a whole is at fault.
absl::Status CheckJsonForm(absl::string_view json, const google::protobuf::Descriptor& record);

}  // namespace tamga::adapters
