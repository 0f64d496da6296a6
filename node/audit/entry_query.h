// Which entries a ListEntriesRequest asks for.
#pragma once

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "node/exchange/entry.h"
#include "node/store/rows.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// Only the period; null for a side that is open. INVALID_FIELD for what is no time, and for a period that ends before
// it begins.
absl::StatusOr<store::EntryFilter> PeriodOf(const google::protobuf::Timestamp* since,
                                            const google::protobuf::Timestamp* until);
template <typename Request>
absl::StatusOr<store::EntryFilter> PeriodOf(const Request& request) {
  return PeriodOf(request.has_since() ? &request.since() : nullptr, request.has_until() ? &request.until() : nullptr);
}

// INVALID_FIELD naming the field that is not as audit_service.proto demands. Page size and token are not looked at.
absl::StatusOr<store::EntryFilter> FilterOf(const v1::ListEntriesRequest& request,
                                            const exchange::Pseudonyms& pseudonyms);
// The same for what of the period is to be counted.
absl::StatusOr<store::EntryFilter> FilterOf(const v1::GetStatisticsRequest& request);

}  // namespace tamga::audit
