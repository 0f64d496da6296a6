// What suites show to matter: which rules decide a case, and which of their conditions alone decide one.
#pragma once

#include <string>
#include <vector>

#include "policy/standing.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

// Something of a rule that no case shows to matter.
struct Uncovered {
  std::string rule;            // "READMISSION-KAZ-KGZ submit"
  int condition = 0;           // from 1, as written; 0: the rule itself decides no case
  std::string attribute = {};  // "ASYLUM_CLAIM_OPEN"
};

struct Coverage {
  size_t rules = 0;
  size_t rules_shown = 0;
  size_t conditions = 0;
  size_t conditions_shown = 0;
  std::vector<Uncovered> uncovered;  // as the rules stand in the texts
};

// A rule is shown to matter by a case that is judged otherwise without the rule: then all its conditions held, or did
// not have to be known. A condition is shown to matter if its rule is and, besides, a case is judged otherwise without
// the condition: then it alone did not hold. So each condition decides a case both by holding and by not holding
// (masking MC/DC). Judged otherwise: permitted or not, why, by which rules, what may be told, what must be done.
//
// Looks at grants and at what narrows them, of the treaties that the suites name and of what States added; texts that
// are never in force between the two States of a case are left out. Cases that fail by the law as it is count for
// nothing.
Coverage CoverageOf(const Standing& standing, const std::vector<v1::TreatySuite>& suites);

}  // namespace tamga::policy
