// The parts of `tamga treaty` that have files of their own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

void AddSignCommand(const Command& treaty);       // treaty_sign.cc
void AddStatusCommands(const Command& treaty);    // treaty_status.cc
void AddAnalysisCommands(const Command& treaty);  // treaty_analysis.cc
void AddExchangeCommands(const Command& treaty);  // treaty_exchange.cc
void AddRatifyCommands(const Command& treaty);    // treaty_ratify.cc
void AddSuiteCommand(const Command& treaty);      // treaty_suites.cc
void AddWhatIfCommands(const Command& treaty);    // treaty_what_if.cc

}  // namespace tamga::cli
