// Mutants of the law, to see whether suites would notice: each is the law with one rule changed in one respect. A suite
// kills a mutant if one of its cases then fails.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/standing.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

enum class Mutation {
  kEffect,      // a rule is gone
  kCondition,   // one condition of a rule is gone
  kThreshold,   // a number is one more or one less
  kDirection,   // askers and answerers change places
  kObligation,  // an obligation of a grant, or a duty, is gone
  kDisclosure   // a grant or a ceiling lets the next level through, or at PARTIAL one class more
};

struct Mutant {
  Mutation mutation = Mutation::kEffect;
  std::string rule;  // "PALERMO-TIP-2000 share"
  std::string what;  // "without condition 2 (AGE)"
};

struct MutationCount {
  size_t mutants = 0;
  size_t killed = 0;
};

struct MutationReport {
  std::map<Mutation, MutationCount> counts;
  std::vector<Mutant> survivors;  // by treaty and rule, as they stand in the texts
};

// Called with the mutants tried and those there are.
using ShowProgress = std::function<void(uint64_t done, uint64_t total)>;

// Tries every mutant of the texts that are ever in force between the two States of a case, and of what these added. Of
// other texts all would survive. Cases that fail by the law as it is count for nothing.
MutationReport RunMutants(const Standing& standing, const std::vector<v1::TreatySuite>& suites,
                          const ShowProgress& progress);

// "effect", "condition", "threshold", "direction", "obligation", "disclosure".
absl::string_view NameOf(Mutation mutation);

}  // namespace tamga::policy
