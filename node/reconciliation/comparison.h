// What two logs say of the same exchanges, put side by side.
#pragma once

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "node/reconciliation/log_side.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::reconciliation {

struct Difference {
  v1::LogDifferenceType type = v1::LOG_DIFFERENCE_TYPE_UNSPECIFIED;
  std::optional<Item> here;   // unless ONLY_THERE
  std::optional<Item> there;  // unless ONLY_HERE
};

struct Compared {
  uint64_t matched = 0;
  std::vector<Difference> differences;
};

// Both sides are in the order of their items and have each once.
Compared Compare(absl::Span<const Item> here, absl::Span<const Item> there);

}  // namespace tamga::reconciliation
