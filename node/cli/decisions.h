// Decisions of the past, as a node kept them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "node/cli/command_line.h"
#include "node/cli/environment.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::cli {

struct Period {
  std::string since;
  std::string until;
};

// --since and --until.
void AddPeriod(const Command& command, Period& period);

// Page after page, all of the period.
absl::StatusOr<v1::ListDecisionsResponse> AskForDecisions(const Period& period, Environment& environment);

// Of how many messages it is no longer known what was decided.
void SayUnavailable(Environment& environment, const v1::ListDecisionsResponse& decisions);

}  // namespace tamga::cli
