// The log in numbers.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "node/store/rows.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// So that an answer fits into a message, whatever is asked.
inline constexpr size_t kMostCounts = 20'000;

// In the order of the response. An entry that cites several articles counts with each. INVALID_FIELD if there are more
// than kMostCounts.
absl::StatusOr<v1::GetStatisticsResponse> StatisticsOf(const std::vector<store::EntryGroup>& groups);

}  // namespace tamga::audit
