// Runs the cases that stand beside the treaties.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "policy/treaty_set.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

struct SuiteReport {
  size_t cases = 0;
  std::vector<std::string> failures;  // "name: expected …, but …", one a case
  std::set<std::string> rules;        // "READMISSION-KAZ-KGZ submit": those that decided a case
};

// The question of a case, put at noon (UTC) of its day.
Question QuestionOf(const v1::TreatyCase& of);
Stage StageOf(const v1::TreatyCase& of);
absl::Time TimeOf(const v1::TreatyCase& of);

// `suite` is one that ReadSuite let in.
SuiteReport RunSuite(const TreatySet& treaties, const v1::TreatySuite& suite);

}  // namespace tamga::policy
