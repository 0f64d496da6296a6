// Puts a verdict into words: which article, and for a denial what would have to be different.
#pragma once

#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/verdict.h"
#include "policy/view.h"

namespace tamga::policy {

// "NO_GRANT".
const char* ReasonCode(Reason reason);

// `verdict` is what `view` decided of the question at that stage and time.
Decision Explain(const View& view, const Question& question, Stage stage, absl::Time now, const Verdict& verdict);

// TREATY_UNKNOWN: the cited treaty is not among the node's own.
Decision TreatyUnknown(const Question& question);

}  // namespace tamga::policy
