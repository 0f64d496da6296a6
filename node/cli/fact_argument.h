// Facts as they are typed: "AGE=17", "ASYLUM_CLAIM_OPEN=NO", "EMERGENCY_GROUND=LIFE_OR_LIMB".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tamga/v1/fact.pb.h"

namespace tamga::cli {

// InvalidArgument for a fact that does not exist or is given twice, or a value that it does not take, with those that
// it does.
absl::StatusOr<std::vector<v1::FactValue>> ParseFacts(const std::vector<std::string>& texts);

}  // namespace tamga::cli
