// Arithmetic on stretches of time: sorted, apart from each other, none empty.
#pragma once

#include "policy/law.h"

namespace tamga::policy {

bool Holds(const Spans& spans, absl::Time time);

Spans Intersect(const Spans& a, const Spans& b);
Spans Unite(const Spans& a, const Spans& b);
// What is in `a` and not in `b`.
Spans Subtract(const Spans& a, const Spans& b);

// Each stretch made shorter by `by` at both ends; those that vanish are left out. A negative `by` makes them longer,
// and one of those that meet.
Spans Shrink(const Spans& spans, absl::Duration by);

}  // namespace tamga::policy
