// The decision: a pure function of view, question, stage and time. No I/O, no clock, no locks, no recursion; its cost
// grows with the rules about the question, not with all rules.
#pragma once

#include "absl/time/time.h"
#include "policy/question.h"
#include "policy/stage.h"
#include "policy/verdict.h"
#include "policy/view.h"

namespace tamga::policy {

// `view` is that of the two agencies' States.
Verdict Decide(const View& view, const Question& question, Stage stage, absl::Time now);

}  // namespace tamga::policy
