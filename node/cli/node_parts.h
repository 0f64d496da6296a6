// Those commands of `tamga node` that write files, each in a file of its own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

void AddAcceptClockCommand(const Command& node);
void AddInitCommand(const Command& node);
void AddProfileCommand(const Command& node);

}  // namespace tamga::cli
