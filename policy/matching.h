// Whether a rule is about a question. The one place that knows; decisions and their explanations both come here.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/rules.h"

namespace tamga::policy {

// A question with its names as numbers, where and when it is decided.
struct Asked {
  const Question& question;
  Stage stage;
  absl::Time now;
  Side asker;
  Side answerer;
};

// In how many and which respects a grant does not serve.
enum Shortfall : uint32_t {
  kAskerNotBound = 1u << 0,     // the treaty is not in force for the asking State
  kAnswererNotBound = 1u << 1,  // the same for the answering State
  kNotBetweenThem = 1u << 2,    // within one State, but the treaty is between States
  kAsker = 1u << 3,
  kAnswerer = 1u << 4,
  kRecordKind = 1u << 5,
  kOperation = 1u << 6,
  kPurpose = 1u << 7,
  kFacts = 1u << 8,
};
// A set of Shortfall bits; 0: the grant serves.
using Shortfalls = uint32_t;

constexpr Shortfalls kNotInForce = kAskerNotBound | kAnswererNotBound;

Shortfalls ShortfallsOf(const CompiledTreaty& treaty, const CompiledGrant& grant, const Asked& asked);

// The part that is the same for all grants of a treaty: kAskerNotBound and kAnswererNotBound.
Shortfalls ForceShortfalls(const CompiledTreaty& treaty, const Asked& asked);

enum class Hit {
  kNo,
  kUnless,  // unless a fact that is not known is shown to be otherwise; request egress only
  kYes
};

// Prohibitions are floors: they bind the asking side by its own State's obligation, towards whomever it asks, whether
// that other State is a party or not and whichever treaty is cited. (A refugee's claim must not be disclosed to a State
// just because that State stayed outside the Refugee Convention.)
Hit HitOf(const CompiledTreaty& treaty, const CompiledProhibition& prohibition, const Asked& asked);

// The value of a fact; TERNARY_UNSPECIFIED if it is unknown.
v1::Ternary FactOf(const Facts& facts, v1::Attribute attribute);

// Whether the fact is not known, or known and against the condition, in a way that counts at this stage. The facts are
// the asking side's knowledge. It alone can discharge a condition on them, so unknown counts at request egress only: at
// the other stages the exchange exists because the asking side's egress has passed.
bool FailsGrant(const v1::Condition& condition, const Asked& asked);

// Whether the list of a grant's scope holds the agency, and the agency is a competent authority. Of a State that is not
// a party no agency is one; that is not counted here a second time, since the treaty is not in force for it.
bool IsServed(const CompiledTreaty& treaty, const std::vector<int>& listed, const Side& side);

}  // namespace tamga::policy
