// The grants that come nearest to a question, and what each would need.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/question.h"
#include "policy/stage.h"
#include "policy/view.h"

namespace tamga::policy {

struct Nearest {
  std::vector<std::string> sentences;   // at most 3, nearest first
  bool only_force_is_missing = false;   // some grant would serve, were it in force between the two
  bool only_facts_are_missing = false;  // some grant would serve, were it not for facts about the person or caller
};

// Looks at every grant that ever is law between the two States, of the cited treaty if the question cites one (for the
// sentences also of others).
Nearest FindNearest(const View& view, const Question& question, Stage stage, absl::Time now);

}  // namespace tamga::policy
