// Limits that hold for every text and every list of a record, whatever its kind.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace tamga::adapters {

inline constexpr size_t kMaxNameBytes = 200;
inline constexpr size_t kMaxTextBytes = 2000;
inline constexpr int kMaxRepeated = 50;

// OK if, in the record and all messages inside it, names (fields of PersonName and fields called ..._name) have at
// most kMaxNameBytes, other texts at most kMaxTextBytes, all are well-formed UTF-8 without control characters (other
// texts may hold line breaks), and every repeated field has at most kMaxRepeated elements. INVALID_FIELD with the
// path of the first field that does not comply otherwise.
absl::Status CheckRecordLimits(const google::protobuf::Message& record);

}  // namespace tamga::adapters
