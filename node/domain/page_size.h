// How many records a list request may ask for at once.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "node/base/error.h"

namespace tamga::domain {

// 100 for 0, `asked` for 1 to 500; otherwise INVALID_FIELD naming page_size.
inline absl::StatusOr<size_t> PageSize(uint32_t asked) {
  constexpr uint32_t kDefault = 100;
  constexpr uint32_t kMost = 500;
  if (asked > kMost) return InvalidField("page_size", "must be 1 to 500, or 0 for 100");
  return asked == 0 ? kDefault : asked;
}

}  // namespace tamga::domain
