// Runs the cases that stand beside the treaties.
#pragma once

#include <string>
#include <vector>

#include "policy/treaty_set.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

struct SuiteReport {
  size_t cases = 0;
  std::vector<std::string> failures;  // of FailureOf, one a case
};

// The question of a case, put at noon (UTC) of its day.
Question QuestionOf(const v1::TreatyCase& of);
Stage StageOf(const v1::TreatyCase& of);
absl::Time TimeOf(const v1::TreatyCase& of);

// "name: reason: expected …, but it is …"; empty if the case comes out as expected.
std::string FailureOf(const v1::TreatyCase& of, const TreatySet& treaties);

// `suite` is one that ReadSuite let in.
SuiteReport RunSuite(const TreatySet& treaties, const v1::TreatySuite& suite);

// The cases of all suites, which outlive them.
std::vector<const v1::TreatyCase*> CasesOf(const std::vector<v1::TreatySuite>& suites);

// "READMISSION-KAZ-KGZ submit".
std::string NameOf(const Rule& rule);

}  // namespace tamga::policy
