// A call of the own agency, as the domain services see it: without gRPC.
#pragma once

#include "absl/time/time.h"
#include "certs/principal.h"

namespace tamga::exchange {

// An admitted call.
struct Call {
  certs::Principal caller;
  absl::Time deadline;  // the caller's, or the node's longest call time if that is sooner
};

}  // namespace tamga::exchange
