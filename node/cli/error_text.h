// Errors as people read them: what happened, the code to search for, and what to do next.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace tamga::cli {

// Several lines, the last ended by a newline. Text that a node sent cannot move the cursor or change colours.
std::string ErrorText(const absl::Status& status);

}  // namespace tamga::cli
