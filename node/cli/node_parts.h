// Those commands of `tamga node` that have a file of their own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

void AddAcceptClockCommand(const Command& node);
void AddDeadLettersCommand(const Command& node);
void AddInitCommand(const Command& node);
void AddProfileCommand(const Command& node);
void AddTrustCommand(const Command& node);

}  // namespace tamga::cli
