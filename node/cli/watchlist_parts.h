// The larger commands of `tamga watchlist`, each in a file of its own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

void AddCheckCommand(const Command& watchlist);
void AddImportCommand(const Command& watchlist);

}  // namespace tamga::cli
