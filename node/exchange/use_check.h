// How a domain service asks whether it may tell the own agency what came from another.
#pragma once

#include "absl/status/status.h"
#include "node/exchange/call.h"
#include "node/store/rows.h"
#include "tamga/v1/common.pb.h"

namespace tamga::exchange {

// Thread-safe.
class UseCheck {
 public:
  virtual ~UseCheck() = default;
  // OK if what came by `origin` may serve the purpose of `context`: the use is then on record. INVALID_FIELD for a
  // context that is not in order; PermissionDenied (USE_NOT_PERMITTED, citing treaty and articles) if its treaty lets
  // it serve other purposes only: the refusal is then on record.
  virtual absl::Status CheckUse(const Call& call, const v1::CallContext& context, const store::Origin& origin) = 0;
};

}  // namespace tamga::exchange
