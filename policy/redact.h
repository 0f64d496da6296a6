// Cutting a record down to what may be told. A field is judged by its (data_class) option; on a message-typed field the
// class covers everything below it; a message-typed field without a class is entered. A field without a class, and
// every field of class SAFEGUARD, may never be told.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Removes from `record` what `disclosure` does not let out, unknown fields, and messages that are then empty (so that
// not even their number is told). Returns the paths of the set fields that were withheld, such as
// "case.victim.first_name": without indexes, each once, in the order of the record's fields. SAFEGUARD fields are
// removed without being named: that one is set may be as telling as its value. With ON_EXCESS_REFUSE, a field beyond
// the disclosure is an error instead (PermissionDenied, reason FIELD_NOT_ALLOWED, metadata "field" with its path) and
// `record` stays as it was; SAFEGUARD fields do not count.
absl::StatusOr<std::vector<std::string>> CutDown(const v1::Disclosure& disclosure, google::protobuf::Message* record);

// OK if `record` holds nothing beyond `disclosure`; otherwise PermissionDenied, reason FIELD_NOT_ALLOWED, metadata
// "field" with the path of the first field beyond it. SAFEGUARD fields count, and so do unknown fields ("a.b.#17"), of
// which nobody can say what they tell.
absl::Status ContainsOnly(const v1::Disclosure& disclosure, const google::protobuf::Message& record);

}  // namespace tamga::policy
