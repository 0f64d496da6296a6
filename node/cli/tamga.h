// The program `tamga`, as a function.
#pragma once

#include <string>
#include <vector>

#include "node/cli/environment.h"

namespace tamga::cli {

// Runs one command line (without the program's name) and returns the exit code that `tamga --help` explains.
// `environment.settings` are the defaults.
int RunTamga(const std::vector<std::string>& arguments, Environment& environment);

}  // namespace tamga::cli
