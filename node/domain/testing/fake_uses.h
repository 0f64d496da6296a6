// For tests: says of every use what the test wants, and remembers what was asked.
#pragma once

#include <vector>

#include "node/exchange/use_check.h"

namespace tamga::domain {

// Used by one thread.
class FakeUses final : public exchange::UseCheck {
 public:
  struct Use {
    v1::CallContext context;
    store::Origin origin;
  };

  absl::Status CheckUse(const exchange::Call& /*call*/, const v1::CallContext& context,
                        const store::Origin& origin) override {
    asked.push_back({context, origin});
    return answer;
  }

  absl::Status answer;
  std::vector<Use> asked;  // oldest first
};

}  // namespace tamga::domain
