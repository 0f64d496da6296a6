// Decisions as they are kept, with all that they were taken by, and taken up again.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "policy/decision.h"
#include "policy/question.h"
#include "policy/stage.h"
#include "tamga/v1/decision_record.pb.h"

namespace tamga::policy {

// `exchange_id` in text form; `at`: the time for which it was decided.
v1::DecisionRecord RecordOf(const std::string& exchange_id, const Question& question, Stage stage, absl::Time at,
                            const Decision& decision);

// The question as it was put. What the deciding node could see to in return is not on record: all counts as such.
Question QuestionOf(const v1::DecisionRecord& record);

// A stage that is not said is the first.
Stage StageOf(v1::ExchangeStage stage);

}  // namespace tamga::policy
