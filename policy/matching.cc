#include "policy/matching.h"

#include <algorithm>

namespace tamga::policy {
namespace {

bool Contains(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool Lists(const std::vector<int>& listed, const Side& side) {
  return listed.empty() || Contains(listed, side.agency) || Contains(listed, side.state);
}

bool IsBound(const CompiledTreaty& treaty, int state, absl::Time now) {
  for (const Term& term : treaty.terms) {
    if (term.state == state) return term.from <= now && now < term.until;
  }
  return false;
}

bool IsParty(const CompiledTreaty& treaty, int state) {
  return std::any_of(treaty.terms.begin(), treaty.terms.end(), [&](const Term& term) { return term.state == state; });
}

// Whether the set holds the value; the empty set stands for "any".
bool Covers(uint64_t bits, int value) { return bits == 0 || (value > 0 && value < 64 && ((bits >> value) & 1) != 0); }

}  // namespace

v1::Ternary FactOf(const Facts& facts, v1::Attribute attribute) {
  const auto found = facts.find(attribute);
  if (found == facts.end()) return v1::TERNARY_UNSPECIFIED;
  // A value from a newer peer, which this build does not know, is no knowledge.
  return found->second == v1::TERNARY_YES || found->second == v1::TERNARY_NO ? found->second : v1::TERNARY_UNSPECIFIED;
}

bool FailsGrant(const v1::Condition& condition, const Asked& asked) {
  const v1::Ternary fact = FactOf(asked.question.facts, condition.attribute());
  if (fact == v1::TERNARY_UNSPECIFIED) return asked.stage == Stage::kRequestEgress;
  return fact != condition.is();
}

bool IsServed(const CompiledTreaty& treaty, const std::vector<int>& listed, const Side& side) {
  const bool is_competent = Contains(treaty.agencies, side.agency) || !IsParty(treaty, side.state);
  return is_competent && Lists(listed, side);
}

Shortfalls ForceShortfalls(const CompiledTreaty& treaty, const Asked& asked) {
  Shortfalls shortfalls = 0;
  if (!IsBound(treaty, asked.asker.state, asked.now)) shortfalls |= kAskerNotBound;
  if (!IsBound(treaty, asked.answerer.state, asked.now)) shortfalls |= kAnswererNotBound;
  return shortfalls;
}

Shortfalls ShortfallsOf(const CompiledTreaty& treaty, const CompiledGrant& grant, const Asked& asked) {
  const Question& question = asked.question;
  const CompiledScope& scope = grant.scope;
  Shortfalls shortfalls = ForceShortfalls(treaty, asked);
  if (!treaty.is_domestic && asked.asker.state == asked.answerer.state) shortfalls |= kNotBetweenThem;
  if (!IsServed(treaty, scope.askers, asked.asker)) shortfalls |= kAsker;
  if (!IsServed(treaty, scope.answerers, asked.answerer)) shortfalls |= kAnswerer;
  if (!Covers(scope.record_kinds, question.record_kind)) shortfalls |= kRecordKind;
  if (!Covers(scope.operations, question.operation)) shortfalls |= kOperation;
  if (!Covers(scope.purposes, question.purpose)) shortfalls |= kPurpose;
  for (const v1::Condition& condition : grant.source->when()) {
    if (FailsGrant(condition, asked)) shortfalls |= kFacts;
  }
  return shortfalls;
}

Hit HitOf(const CompiledTreaty& treaty, const CompiledProhibition& prohibition, const Asked& asked) {
  const Question& question = asked.question;
  const CompiledScope& scope = prohibition.scope;
  if (!Covers(scope.purposes, question.purpose) || !Covers(scope.record_kinds, question.record_kind) ||
      !Covers(scope.operations, question.operation) || !Lists(scope.askers, asked.asker) ||
      !Lists(scope.answerers, asked.answerer) || !IsBound(treaty, asked.asker.state, asked.now)) {
    return Hit::kNo;
  }
  bool is_known = true;
  // Every condition is looked at: one that is known not to hold outweighs any that are unknown, in whatever order.
  for (const v1::Condition& condition : prohibition.source->when()) {
    const v1::Ternary fact = FactOf(question.facts, condition.attribute());
    if (fact == v1::TERNARY_UNSPECIFIED) {
      is_known = false;
    } else if (fact != condition.is()) {
      return Hit::kNo;
    }
  }
  if (is_known) return Hit::kYes;
  // Elsewhere the prohibition was discharged at request egress, by the side that can know the fact.
  return asked.stage == Stage::kRequestEgress ? Hit::kUnless : Hit::kNo;
}

}  // namespace tamga::policy
