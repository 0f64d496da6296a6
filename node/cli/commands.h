// The groups of commands. Each function adds one below the program's root; each has a file of its own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

void AddPkiCommands(const Command& root);
void AddNodeCommands(const Command& root);
void AddReadmissionCommands(const Command& root);
void AddTransitCommands(const Command& root);
void AddAttachmentCommands(const Command& root);
void AddWatchlistCommands(const Command& root);
void AddTraffickingCommands(const Command& root);
void AddApprovalCommands(const Command& root);
void AddObligationCommands(const Command& root);
void AddCourierCommands(const Command& root);
void AddSafeguardCommands(const Command& root);
void AddAuditCommands(const Command& root);
void AddTreatyCommands(const Command& root);

}  // namespace tamga::cli
