#include "policy/spans.h"

#include <algorithm>

namespace tamga::policy {

Spans Always() { return {Span()}; }

Spans Only(const Span& span) { return span.from < span.until ? Spans{span} : Spans(); }

Spans Since(absl::Time from) { return Only({from, absl::InfiniteFuture()}); }

Spans Until(absl::Time until) { return Only({absl::InfinitePast(), until}); }

Spans Unite(const Spans& a, const Spans& b) {
  Spans all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end(), [](const Span& x, const Span& y) { return x.from < y.from; });
  Spans united;
  for (const Span& span : all) {
    if (!united.empty() && span.from <= united.back().until) {
      united.back().until = std::max(united.back().until, span.until);
    } else {
      united.push_back(span);
    }
  }
  return united;
}

Spans Intersect(const Spans& a, const Spans& b) {
  Spans common;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Span span{std::max(a[i].from, b[j].from), std::min(a[i].until, b[j].until)};
    if (span.from < span.until) common.push_back(span);
    if (a[i].until < b[j].until) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

Spans Subtract(const Spans& a, const Spans& b) {
  Spans outside;
  absl::Time from = absl::InfinitePast();
  for (const Span& span : b) {
    if (from < span.from) outside.push_back({from, span.from});
    from = span.until;
  }
  if (from < absl::InfiniteFuture()) outside.push_back({from, absl::InfiniteFuture()});
  return Intersect(a, outside);
}

Spans Shrink(const Spans& spans, absl::Duration by) {
  Spans shrunk;
  // An infinite end stays where it is: infinity plus or minus a finite time is infinity.
  for (const Span& span : spans) shrunk = Unite(shrunk, Only({span.from + by, span.until - by}));
  return shrunk;
}

const Span* FindSpan(const Spans& spans, absl::Time at) {
  const auto found =
      std::find_if(spans.begin(), spans.end(), [&](const Span& span) { return span.from <= at && at < span.until; });
  return found == spans.end() ? nullptr : &*found;
}

bool IsWithin(const Spans& spans, absl::Time at) { return FindSpan(spans, at) != nullptr; }

}  // namespace tamga::policy
