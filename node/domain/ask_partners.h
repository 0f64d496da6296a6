// Asking several partners at the same time.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/worker_pool.h"
#include "node/exchange/asking.h"

namespace tamga::domain {

// What becomes of a question whose turn comes after the deadline.
enum class AfterDeadline {
  kNotAsked,  // its answer would be worth nothing, so nobody is told what it tells
  kAsked      // it is to reach the partner in any case
};

// Asks all questions on `partner_calls`, and returns when all have been answered, at the latest at `deadline`. The
// results are in the order of the questions; one that did not come in time is absent, and lost if it comes later.
// Blocks: call it from another pool than `partner_calls`. `door` outlives that pool's work.
std::vector<std::optional<exchange::AskResult>> AskPartners(WorkerPool& partner_calls, exchange::Asking& door,
                                                            const Clock& clock,
                                                            const std::vector<exchange::Outgoing>& questions,
                                                            absl::Time deadline,
                                                            AfterDeadline late = AfterDeadline::kNotAsked);

}  // namespace tamga::domain
