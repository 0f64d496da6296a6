#include "policy/pair_force.h"

#include "node/base/check.h"
#include "policy/day.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

bool IsDomestic(const Version& version) { return version.document->treaty.parties_size() == 1; }

// The spans without the beginnings that rivals contest: what was in force before a rival came stays in force, what
// would have come into force later does not as long as the rival is there.
Spans WithoutContested(const Spans& spans, const Spans& contested) {
  Spans left;
  for (const Span& span : spans) {
    absl::Time from = span.from;
    if (const Span* rival = FindSpan(contested, from); rival != nullptr) from = rival->until;
    left = Unite(left, Only({from, span.until}));
  }
  return left;
}

// When `state` is no longer held to `version` towards a State that is not bound by it: once `successor` is in force
// between it and all that are.
Spans ReplacedTowardsOthers(const Version& version, const Version& successor, const std::string& state) {
  Spans replaced = WithoutContested(BoundSpans(successor, state), successor.contested);
  for (const v1::Party& party : version.document->treaty.parties()) {
    if (party.state() == state) continue;
    const Spans owed = BoundSpans(version, party.state());
    replaced = Subtract(replaced, Subtract(owed, InForceBetween(successor, state, party.state())));
  }
  return replaced;
}

}  // namespace

Spans InForceBetween(const Version& version, const std::string& a, const std::string& b) {
  if (IsDomestic(version) != (a == b)) return {};
  Spans both = Intersect(BoundSpans(version, a), BoundSpans(version, b));
  if (version.base != nullptr) both = Intersect(both, InForceBetween(*version.base, a, b));
  return WithoutContested(both, version.contested);
}

Spans ReplacedBetween(const Version& version, const std::string& a, const std::string& b) {
  Spans replaced;
  for (const Version* successor : version.successors) replaced = Unite(replaced, InForceBetween(*successor, a, b));
  return replaced;
}

Spans HeldTowards(const Version& version, const std::string& state, const std::string& other) {
  Spans replaced = ReplacedBetween(version, state, other);
  const Spans owed_to_other = state == other ? Spans() : BoundSpans(version, other);
  for (const Version* successor : version.successors) {
    replaced = Unite(replaced, Subtract(ReplacedTowardsOthers(version, *successor, state), owed_to_other));
  }
  return Subtract(BoundSpans(version, state), replaced);
}

Spans ExpiredSpans(const Version& version) {
  const std::string& day = version.document->treaty.expires_on();
  if (day.empty()) return {};
  const std::optional<absl::Time> expiry = ParseDay(day);
  TAMGA_CHECK(expiry.has_value());  // ReadTreaty has refused every other text.
  return Since(*expiry);
}

}  // namespace tamga::policy
