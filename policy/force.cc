// Entry into force: from consents to spans in which States are bound.
#include <algorithm>
#include <set>

#include "policy/day.h"
#include "policy/fold.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

absl::Duration Days(uint32_t days) { return absl::Hours(24) * days; }

Spans SpansOf(const std::vector<Consent>& consents) {
  Spans spans;
  for (const Consent& consent : consents) spans = Unite(spans, Only(consent.span));
  return spans;
}

// The first instant at which so many States consent at once; InfiniteFuture if there is none.
absl::Time WhenConsent(const Version& version, size_t states) {
  std::set<absl::Time> starts;
  for (const auto& [state, consents] : version.consents) {
    for (const Consent& consent : consents) starts.insert(consent.span.from);
  }
  for (const absl::Time start : starts) {
    size_t count = 0;
    for (const auto& [state, consents] : version.consents) count += IsWithin(SpansOf(consents), start) ? 1 : 0;
    if (count >= states) return start;
  }
  return absl::InfiniteFuture();
}

// Without regard to the versions before it.
std::map<std::string, Spans> ByOwnRule(const Version& version) {
  const v1::Treaty& treaty = version.document->treaty;
  const v1::EntryIntoForce& rule = treaty.entry_into_force();
  std::map<std::string, Spans> bound;
  if (rule.rule() == v1::ENTRY_RULE_STATED) {
    for (const auto& [state, consents] : version.consents) bound[state] = SpansOf(consents);
    return bound;
  }
  const size_t needed =
      rule.rule() == v1::ENTRY_RULE_DEPOSITS ? rule.deposits() : static_cast<size_t>(treaty.parties().size());
  const absl::Duration delay = Days(rule.delay_days());
  const absl::Time entry = WhenConsent(version, needed) + delay;
  for (const auto& [state, consents] : version.consents) {
    for (const Consent& consent : consents) {
      const absl::Time from = std::max(entry, consent.span.from + delay);
      bound[state] = Unite(bound[state], Only({from, consent.span.until}));
    }
  }
  return bound;
}

// When a State with these consents to a version keeps to one of the version's rivals. What counts is the order of its
// own acts, which nobody can change once they are signed: an act may name any day, so by days one State could take back
// what is law between it and others.
Spans YieldSpans(const Version& version, const std::string& state, const std::vector<Consent>& consents) {
  Spans yields;
  for (const Version* rival : version.rivals) {
    const auto found = rival->consents.find(state);
    if (found == rival->consents.end()) continue;
    for (const Consent& other : found->second) {
      Spans later = Only(other.span);
      for (const Consent& own : consents) {
        if (own.ratification->number < other.ratification->number) later = Subtract(later, Only(own.span));
      }
      yields = Unite(yields, later);
    }
  }
  return yields;
}

}  // namespace

void WorkOutForce(std::vector<Version>* versions) {
  // Each comes after the version that it amends.
  for (Version& version : *versions) {
    for (const auto& [state, consents] : version.consents) {
      version.yields[state] = YieldSpans(version, state, consents);
    }
    if (!version.is_rooted) continue;
    version.bound = ByOwnRule(version);
    if (version.base == nullptr) continue;
    for (auto& [state, spans] : version.bound) spans = Intersect(spans, BoundSpans(*version.base, state));
  }
}

}  // namespace tamga::policy
