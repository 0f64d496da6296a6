// Identifiers of cases: UUIDv7 in text form, made by the node that first held the case.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/error.h"
#include "node/base/uuid.h"

namespace tamga::domain {

// OK for a UUIDv7 in its text form; otherwise INVALID_FIELD naming `field`.
inline absl::Status CheckRecordId(absl::string_view field, absl::string_view id) {
  if (ParseUuidV7(id).ok()) return absl::OkStatus();
  return InvalidField(field, "must be the identifier that a node gave the case: a UUID of version 7, lower case");
}

// NotFound, reason CASE_UNKNOWN.
inline absl::Status CaseUnknown() {
  return Error(absl::StatusCode::kNotFound, "CASE_UNKNOWN", "case_id: this node holds no such case");
}

}  // namespace tamga::domain
