// Which entries a ListEntriesRequest asks for.
#pragma once

#include "absl/status/statusor.h"
#include "node/store/rows.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// INVALID_FIELD naming the field that is not as audit_service.proto demands. Page size and token are not looked at.
absl::StatusOr<store::EntryFilter> FilterOf(const v1::ListEntriesRequest& request);

}  // namespace tamga::audit
