// What every request of an agency's system must say about itself, checked before anything is done for it.
#pragma once

#include "absl/status/status.h"
#include "tamga/v1/common.pb.h"

namespace tamga::exchange {

// OK if every field of `context` is as its comment in common.proto demands; otherwise INVALID_FIELD naming the field
// ("context.purpose").
absl::Status CheckContext(const v1::CallContext& context);

}  // namespace tamga::exchange
