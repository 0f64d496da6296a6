// A call of the own agency, as the domain services see it: without gRPC.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/principal.h"

namespace tamga::exchange {

// An admitted call.
struct Call {
  certs::Principal caller;
  absl::Time deadline;  // the caller's, or the node's longest call time if that is sooner
  // Whether nobody waits for the answer any more: the caller is gone, or the deadline has passed. Empty: not known.
  std::function<bool()> is_over = {};
  // Whether the certificates by which the caller was admitted are good by the trust of now: whoever goes on serving one
  // call asks before each message. Empty: not known.
  std::function<absl::Status()> still_good = {};
};

}  // namespace tamga::exchange
