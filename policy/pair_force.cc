#include "policy/pair_force.h"

#include "node/base/check.h"
#include "policy/day.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

bool IsDomestic(const Version& version) { return version.document->treaty.parties_size() == 1; }

// When `state` is bound by the version and by no rival that it ratified before.
Spans KeptBy(const Version& version, const std::string& state) {
  const auto yields = version.yields.find(state);
  const Spans& bound = BoundSpans(version, state);
  return yields == version.yields.end() ? bound : Subtract(bound, yields->second);
}

// When `state` is no longer held to `version` towards a State that is not bound by it: once `successor` is in force
// between it and all that are.
Spans ReplacedTowardsOthers(const Version& version, const Version& successor, const std::string& state) {
  Spans replaced = KeptBy(successor, state);
  for (const v1::Party& party : version.document->treaty.parties()) {
    if (replaced.empty()) break;
    if (party.state() == state) continue;
    const Spans& owed = BoundSpans(version, party.state());
    if (owed.empty()) continue;
    replaced = Subtract(replaced, Subtract(owed, InForceBetween(successor, state, party.state())));
  }
  return replaced;
}

}  // namespace

Spans InForceBetween(const Version& version, const std::string& a, const std::string& b) {
  if (IsDomestic(version) != (a == b)) return {};
  const Spans both = Intersect(KeptBy(version, a), KeptBy(version, b));
  // Anybody can propose a long chain of versions: it is followed only as far as it can be in force.
  if (both.empty() || version.base == nullptr) return both;
  return Intersect(both, InForceBetween(*version.base, a, b));
}

Spans ReplacedBetween(const Version& version, const std::string& a, const std::string& b) {
  Spans replaced;
  for (const Version* successor : version.successors) replaced = Unite(replaced, InForceBetween(*successor, a, b));
  return replaced;
}

Spans HeldTowards(const Version& version, const std::string& state, const std::string& other) {
  const Spans& bound = BoundSpans(version, state);
  if (bound.empty()) return {};
  Spans replaced = ReplacedBetween(version, state, other);
  const Spans owed_to_other = state == other ? Spans() : BoundSpans(version, other);
  for (const Version* successor : version.successors) {
    replaced = Unite(replaced, Subtract(ReplacedTowardsOthers(version, *successor, state), owed_to_other));
  }
  return Subtract(bound, replaced);
}

Spans ExpiredSpans(const Version& version) {
  const std::string& day = version.document->treaty.expires_on();
  if (day.empty()) return {};
  const std::optional<absl::Time> expiry = ParseDay(day);
  TAMGA_CHECK(expiry.has_value());  // ReadTreaty has refused every other text.
  return Since(*expiry);
}

}  // namespace tamga::policy
