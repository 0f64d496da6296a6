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

// When a party of `version` consents to its rivals. A State that is none has no say in what goes on between others.
Spans RivalConsents(const Version& version) {
  Spans contested;
  for (const Version* rival : version.rivals) {
    for (const auto& [state, consents] : rival->consents) {
      if (IsParty(version.document->treaty, state)) contested = Unite(contested, SpansOf(consents));
    }
  }
  return contested;
}

}  // namespace

void WorkOutForce(std::vector<Version>* versions) {
  // Each comes after the version that it amends.
  for (Version& version : *versions) {
    version.contested = RivalConsents(version);
    if (!version.is_rooted) continue;
    version.bound = ByOwnRule(version);
    if (version.base == nullptr) continue;
    for (auto& [state, spans] : version.bound) spans = Intersect(spans, BoundSpans(*version.base, state));
  }
}

}  // namespace tamga::policy
