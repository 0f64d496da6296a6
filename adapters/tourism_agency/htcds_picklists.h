// The closed value lists of the Human Trafficking Case Data Standard (HTCDS) 2.0.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"

namespace tamga::adapters {

struct Picklist {
  // HTCDS name of the field, such as "cas_Status".
  absl::string_view field;
  absl::Span<const absl::string_view> values;
};

// All picklists of the standard, in its order.
absl::Span<const Picklist> HtcdsPicklists();

// OK if every text of `record` (a TraffickingCase, a TraffickingHandover) whose JSON name is that of a picklist is
// empty or one of its values, letter by letter. Otherwise INVALID_FIELD naming the HTCDS field and listing what is
// allowed.
absl::Status CheckPicklists(const google::protobuf::Message& record);

}  // namespace tamga::adapters
