// The tests of a rule, made ready for facts, and their three-valued answers.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "policy/facts.h"
#include "policy/stage.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// A test of one fact. Several conditions on the same attribute become one.
struct Test {
  v1::Attribute attribute = v1::ATTRIBUTE_UNSPECIFIED;
  v1::Provenance least = v1::PROVENANCE_UNSPECIFIED;  // a fact known on weaker grounds counts as unknown
  Knower knower = Knower::kRecordHolder;
  bool is_number = false;
  uint64_t allowed = 0;  // of flags and choices: bit n stands for value n
  int64_t at_least = 0;  // of numbers
  int64_t at_most = 0;
};

using Tests = absl::InlinedVector<Test, 4>;

// `conditions` are those of a valid document.
Tests CompileTests(const google::protobuf::RepeatedPtrField<v1::Condition>& conditions);

enum class Truth { kFalse, kUnknown, kTrue };

inline Truth Evaluate(const Test& test, const Facts& facts) {
  const Fact& fact = facts.Get(test.attribute);
  if (!fact.known() || fact.provenance < test.least) return Truth::kUnknown;
  const bool holds = test.is_number ? test.at_least <= fact.value && fact.value <= test.at_most
                                    : ((test.allowed >> fact.value) & 1) != 0;
  return holds ? Truth::kTrue : Truth::kFalse;
}

// What the tests of a grant say at a stage. Unknown never satisfies it: where the fact must be known, it fails; before
// that, the grant serves on condition; after that, the side that had to know it has let the exchange pass.
enum class Match { kNo, kLater, kYes };
Match MatchGrant(const Tests& tests, const Facts& facts, v1::Operation operation, Stage stage);

// What the tests of a prohibition say. Unknown always satisfies it, at the stage at which the last of its facts must be
// known; before that it is deferred, after that it was dealt with. A fact that is known to be otherwise lifts it at any
// stage, in whatever order the tests stand.
enum class Hit {
  kNo,
  kLater,    // not yet: its facts come at a later stage
  kUnknown,  // holds unless a fact that is not known is shown to be otherwise
  kYes
};
Hit HitOf(const Tests& tests, const Facts& facts, v1::Operation operation, Stage stage);

}  // namespace tamga::policy
