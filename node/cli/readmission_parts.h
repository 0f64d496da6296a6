// What the commands about readmission cases share.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "node/cli/command_line.h"
#include "node/cli/table.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"

namespace tamga::cli {

// The commands that take steps, one each.
void AddReadmissionStepCommands(const Command& readmission);
void AddReadmissionWatchCommand(const Command& readmission);
void AddReadmissionPrintCommand(const Command& readmission);

// The command that takes the step, such as "ask-interview"; empty for what the clock or the node does, or another
// command.
std::string StepCommandOf(v1::ReadmissionStepKind kind);

// A case without its application: where it stands, its clocks with the time that is left at `now`, its timeline, and
// what can be done now. Days are those of the treaty's time zone as far as a clock that runs names one, or else of UTC.
std::string CaseOverview(const v1::ReadmissionCase& record, absl::Time now);

// The same with the application.
std::string WholeCaseText(const v1::ReadmissionCase& record, absl::Time now);

// The clocks with the time that is left at `now`.
Table ClockTable(const google::protobuf::RepeatedPtrField<v1::RunningClock>& clocks, absl::Time now);

// Cases, one a line, with the clock of each that passes next.
Table ReadmissionCaseTable(const v1::ListReadmissionCasesResponse& response);

// When the clock passes, in its own time zone; "-" for a case without a clock that runs.
std::string NextDueText(const v1::ReadmissionCase& record);

}  // namespace tamga::cli
