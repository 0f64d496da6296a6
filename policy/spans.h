// Sets of instants, as sorted spans that lie apart from each other.
#pragma once

#include "absl/time/time.h"
#include "policy/law.h"

namespace tamga::policy {

// All of time.
Spans Always();
// The span alone; nothing if it ends before it begins.
Spans Only(const Span& span);
// From the instant on, and up to it.
Spans Since(absl::Time from);
Spans Until(absl::Time until);

Spans Unite(const Spans& a, const Spans& b);
Spans Intersect(const Spans& a, const Spans& b);
// What is in `a`, but not in `b`.
Spans Subtract(const Spans& a, const Spans& b);

// Each span made shorter by `by` at both ends; those that vanish are left out. A negative `by` makes them longer, and
// one of those that then meet.
Spans Shrink(const Spans& spans, absl::Duration by);

// The span that holds the instant; null if there is none.
const Span* FindSpan(const Spans& spans, absl::Time at);
bool IsWithin(const Spans& spans, absl::Time at);

}  // namespace tamga::policy
