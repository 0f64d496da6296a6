#include "policy/spans.h"

#include <algorithm>

namespace tamga::policy {
namespace {

// Sorts, joins those that meet or overlap, drops the empty.
Spans Normalise(Spans spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  Spans normal;
  for (const Span& span : spans) {
    if (span.from >= span.until) continue;
    if (!normal.empty() && span.from <= normal.back().until) {
      normal.back().until = std::max(normal.back().until, span.until);
    } else {
      normal.push_back(span);
    }
  }
  return normal;
}

}  // namespace

bool Holds(const Spans& spans, absl::Time time) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const Span& span) { return span.from <= time && time < span.until; });
}

Spans Intersect(const Spans& a, const Spans& b) {
  Spans common;
  for (const Span& x : a) {
    for (const Span& y : b) common.push_back({std::max(x.from, y.from), std::min(x.until, y.until)});
  }
  return Normalise(std::move(common));
}

Spans Unite(const Spans& a, const Spans& b) {
  Spans all = a;
  all.insert(all.end(), b.begin(), b.end());
  return Normalise(std::move(all));
}

Spans Subtract(const Spans& a, const Spans& b) {
  Spans rest = a;
  for (const Span& hole : b) {
    Spans kept;
    for (const Span& span : rest) {
      kept.push_back({span.from, std::min(span.until, hole.from)});
      kept.push_back({std::max(span.from, hole.until), span.until});
    }
    rest = Normalise(std::move(kept));
  }
  return rest;
}

Spans Shrink(const Spans& spans, absl::Duration by) {
  Spans shrunk;
  // The infinite ends stay where they are: infinity plus or minus a finite time is infinity.
  for (const Span& span : spans) shrunk.push_back({span.from + by, span.until - by});
  return Normalise(std::move(shrunk));
}

}  // namespace tamga::policy
